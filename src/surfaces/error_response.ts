/** Writes a failure as an answer in the error format of the client. */

import type { ErrorFormat } from "../core/format.ts";
import { type GatewayError, HANDED_THROUGH, type ProviderAnswer } from "../core/gateway_error.ts";
import { ACCEPTED_ENCODINGS, UNSUPPORTED_ENCODING } from "./request/read_json_body.ts";

/**
 * The answer for a failed request. An upstream's own error in the client's error format is handed on as it
 * came; anything else is written in that format, with the headers that tell what to do.
 */
export function errorResponse(
  error: GatewayError,
  format: ErrorFormat,
  requestId: string,
): Response {
  const { answer } = error;
  if (answer?.format === HANDED_THROUGH) return handedResponse(error, answer);
  const headers = errorHeaders(error);
  if (answer?.format === format.name && answer.body.length > 0) {
    return new Response(answer.body, { status: answer.status, headers });
  }
  return new Response(JSON.stringify(format.encode(error, requestId)), {
    status: format.statusOf?.(error) ?? error.status,
    headers,
  });
}

/** Whatever the upstream said, with what is to be said of trying again. */
function handedResponse(
  { shouldRetry, retryAfterMs }: GatewayError,
  { status, headers: given, body }: ProviderAnswer,
): Response {
  const headers = new Headers(given.map(([name, value]): [string, string] => [name, value]));
  if (shouldRetry !== undefined) headers.set("x-should-retry", String(shouldRetry));
  if (retryAfterMs !== undefined && !headers.has("retry-after")) {
    headers.set("retry-after", secondsOf(retryAfterMs));
  }
  return new Response(body.length === 0 ? null : body, { status, headers });
}

/** What a client is told of a failure beside the error itself. */
export function errorHeaders(error: GatewayError): Headers {
  const { answer } = error;
  const headers = new Headers();
  for (const [name, value] of answer?.headers ?? []) headers.append(name, value);
  if (error.status === 401 && answer === undefined) headers.set("www-authenticate", "Bearer");
  if (error.allow !== undefined) headers.set("allow", error.allow.join(", "));
  if (error.retryAfterMs !== undefined && !headers.has("retry-after")) {
    headers.set("retry-after", secondsOf(error.retryAfterMs));
  }
  if (error.shouldRetry !== undefined) headers.set("x-should-retry", String(error.shouldRetry));
  if (error.code === UNSUPPORTED_ENCODING) headers.set("accept-encoding", ACCEPTED_ENCODINGS);
  // What is left of the body is not waited for.
  if (error.status === 408 || error.status === 413) headers.set("connection", "close");
  headers.set("content-type", "application/json");
  headers.set("cache-control", "no-store");
  return headers;
}

function secondsOf(durationMs: number): string {
  return String(Math.max(1, Math.ceil(durationMs / 1_000)));
}
