/** Writes a failure as an answer in the error format of the client. */

import type { ErrorFormat } from "../core/format.ts";
import { AnswerHeaders } from "../core/http/answer_headers.ts";
import { type GatewayError, HANDED_THROUGH, type ProviderAnswer } from "../core/gateway_error.ts";
import { type HttpAnswer, unsentBody } from "../core/http/http.ts";
import { ACCEPTED_ENCODINGS, UNSUPPORTED_ENCODING } from "./request/read_json_body.ts";

/**
 * The answer for a failed request. An upstream's own error in the client's error format is handed on as it
 * came; anything else is written in that format, with the headers that tell what to do.
 */
export function errorAnswer(
  error: GatewayError,
  format: ErrorFormat,
  requestId: string,
): HttpAnswer {
  const { answer } = error;
  if (answer?.format === HANDED_THROUGH) return handedAnswer(error, answer);
  const headers = errorHeaders(error);
  if (answer?.format === format.name && answer.body.length > 0) {
    return { status: statusOfOwn(error, answer, format), headers, body: answer.body };
  }
  return {
    status: format.statusOf?.(error) ?? error.status,
    headers,
    body: JSON.stringify(format.encode(error, requestId)),
  };
}

/**
 * Of an upstream's own error that is handed on: as its fault it would be sent again and again, where the
 * format knows that it is the request's.
 */
export function statusOfOwn(
  error: GatewayError,
  answer: ProviderAnswer,
  format: ErrorFormat,
): number {
  return answer.status < 500 ? answer.status : format.statusOf?.(error) ?? answer.status;
}

/** Whatever the upstream said, with what is to be said of trying again. */
function handedAnswer(
  { shouldRetry, retryAfterMs }: GatewayError,
  { status, headers: given, body }: ProviderAnswer,
): HttpAnswer {
  const headers = new AnswerHeaders(given);
  if (shouldRetry !== undefined) headers.set("x-should-retry", String(shouldRetry));
  if (retryAfterMs !== undefined && !headers.has("retry-after")) {
    headers.set("retry-after", retryAfterOf(retryAfterMs));
  }
  // The answer to HEAD has the length of a body that it does not have.
  const isHead = body.length === 0 && headers.has("content-length");
  const lengthBytes = Number(headers.get("content-length"));
  return { status, headers, body: isHead ? unsentBody(lengthBytes) : body };
}

/** What a client is told of a failure beside the error itself. */
export function errorHeaders(error: GatewayError): AnswerHeaders {
  const { answer } = error;
  const headers = new AnswerHeaders(answer?.headers);
  if (error.status === 401 && answer === undefined) headers.set("www-authenticate", "Bearer");
  if (error.allow !== undefined) headers.set("allow", error.allow.join(", "));
  if (error.retryAfterMs !== undefined && !headers.has("retry-after")) {
    headers.set("retry-after", retryAfterOf(error.retryAfterMs));
  }
  if (error.shouldRetry !== undefined) headers.set("x-should-retry", String(error.shouldRetry));
  if (error.code === UNSUPPORTED_ENCODING) headers.set("accept-encoding", ACCEPTED_ENCODINGS);
  // What is left of the body is not waited for.
  if (error.status === 408 || error.status === 413) headers.set("connection", "close");
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  return headers;
}

/** For `retry-after`: clients wait for whole seconds, and 0 would be no wait. */
export function retryAfterOf(durationMs: number): string {
  return String(Math.max(1, Math.ceil(durationMs / 1_000)));
}
