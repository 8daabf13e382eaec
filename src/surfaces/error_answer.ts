/** Writes a failure as an answer in the error format of the client. */

import type { ErrorFormat } from "../core/format.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import { AnswerHeaders } from "../core/answer_headers.ts";
import type { HttpAnswer } from "../core/http.ts";
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
  const headers = errorHeaders(error);
  if (answer?.format === format.name && answer.body.length > 0) {
    return { status: answer.status, headers, body: answer.body };
  }
  return {
    status: format.statusOf?.(error) ?? error.status,
    headers,
    body: JSON.stringify(format.encode(error, requestId)),
  };
}

/** What a client is told of a failure beside the error itself. */
export function errorHeaders(error: GatewayError): AnswerHeaders {
  const { answer } = error;
  const headers = new AnswerHeaders(answer?.headers);
  if (error.status === 401 && answer === undefined) headers.set("www-authenticate", "Bearer");
  if (error.allow !== undefined) headers.set("allow", error.allow.join(", "));
  if (error.retryAfterMs !== undefined && !headers.has("retry-after")) {
    headers.set("retry-after", String(Math.max(1, Math.ceil(error.retryAfterMs / 1000))));
  }
  if (error.shouldRetry !== undefined) headers.set("x-should-retry", String(error.shouldRetry));
  if (error.code === UNSUPPORTED_ENCODING) headers.set("accept-encoding", ACCEPTED_ENCODINGS);
  // What is left of the body is not waited for.
  if (error.status === 408 || error.status === 413) headers.set("connection", "close");
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  return headers;
}
