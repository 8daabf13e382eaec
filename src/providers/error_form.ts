/** Error bodies in OpenAI's form, which SDKs read `error.message` and `error.code` from. */

import { isJsonObject, type JsonObject, type JsonValue } from "../core/text/json.ts";
import { toFault } from "../formats/openai_chat/errors/errors.ts";
import { findParam, findReason } from "../formats/openai_chat/errors/reason.ts";

interface ErrorWords {
  readonly type: string;
  readonly code: string;
}

/** What a status says where the body names neither type nor code. */
const WORDS_OF: Readonly<Record<number, ErrorWords>> = {
  401: { type: "authentication_error", code: "invalid_api_key" },
  402: { type: "insufficient_quota", code: "insufficient_quota" },
  403: { type: "permission_error", code: "permission_denied" },
  404: { type: "invalid_request_error", code: "not_found" },
  408: { type: "invalid_request_error", code: "request_timeout" },
  413: { type: "invalid_request_error", code: "payload_too_large" },
  415: { type: "invalid_request_error", code: "unsupported_media_type" },
  422: { type: "invalid_request_error", code: "unprocessable" },
  429: { type: "rate_limit_error", code: "rate_limit_exceeded" },
  503: { type: "service_unavailable_error", code: "server_is_overloaded" },
};

/**
 * An error body with an object as its `error` and a sentence as its `message`; the same one where it has
 * that already. What else it has stays.
 *
 * Seen otherwise: `error` as a text (Venice, LM Studio), `message` beside it (vLLM), `detail` as a text
 * or a list (FastAPI), and every other place that `findReason` knows.
 */
export function toOpenaiError(body: JsonObject, status: number): JsonObject {
  const { error } = body;
  if (isJsonObject(error) && isSentence(error.message)) return body;
  const fault = toFault(body);
  const words = WORDS_OF[status] ??
    (status >= 500
      ? { type: "server_error", code: "server_error" }
      : { type: "invalid_request_error", code: "invalid_request" });
  const message = findReason(body) ?? `The upstream answered with status ${status}`;
  return {
    ...body,
    error: {
      message,
      type: fault.type ?? words.type,
      param: findParam(body) ?? null,
      code: fault.code ?? words.code,
      ...(isJsonObject(error) && withoutEmpty(error)),
      ...(isJsonObject(error) && { message }),
    },
  };
}

function withoutEmpty(error: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(error).filter(([, value]) => value !== null));
}

function isSentence(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
