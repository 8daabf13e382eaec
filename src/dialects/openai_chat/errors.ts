/**
 * Errors in OpenAI's form, and in the forms of those who speak almost like it.
 *
 * @module
 */

import type { UpstreamFault } from "../../core/chat_event.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/json.ts";

const NAMELESS_MESSAGE = "The upstream reported an error without a message";

/** What the codes and types of OpenAI, OpenRouter, Venice and vLLM stand for. */
const STATUS_BY_NAME: ReadonlyMap<string, number> = new Map([
  ["BadRequestError", 400],
  ["content_policy_violation", 400],
  ["context_length_exceeded", 400],
  ["invalid_prompt", 400],
  ["invalid_request", 400],
  ["invalid_request_error", 400],
  ["max_tokens_exceeded", 400],
  ["token_limit_exceeded", 400],
  ["unsupported_parameter", 400],
  ["unsupported_value", 400],
  ["authentication", 401],
  ["authentication_error", 401],
  ["invalid_api_key", 401],
  ["payment_required", 402],
  ["permission_denied", 403],
  ["permission_error", 403],
  ["NotFoundError", 404],
  ["model_not_found", 404],
  ["not_found", 404],
  ["not_found_error", 404],
  ["timeout", 408],
  ["payload_too_large", 413],
  ["unprocessable", 422],
  ["credit_balance_exhausted", 429],
  ["insufficient_quota", 429],
  ["organization_spend_limit_exceeded", 429],
  ["organization_usage_limit_exceeded", 429],
  ["project_spend_limit_exceeded", 429],
  ["rate_limit_error", 429],
  ["rate_limit_exceeded", 429],
  ["requests", 429],
  ["slow_down", 429],
  ["tokens", 429],
  ["InternalServerError", 500],
  ["api_error", 500],
  ["internal_server_error", 500],
  ["server", 500],
  ["server_error", 500],
  ["provider_unavailable", 502],
  ["overloaded", 503],
  ["overloaded_error", 503],
  ["provider_overloaded", 503],
  ["server_is_overloaded", 503],
  ["service_unavailable_error", 503],
]);

/** The error body that OpenAI clients expect. */
export function encodeError(error: GatewayError): JsonObject {
  const { message, type, param, code } = error;
  return { error: { message, type, param: param ?? null, code } };
}

/**
 * The fault that a body or a stream's chunk states, `undefined` where it states none.
 *
 * Seen: `error` as an object or as a text (Venice), also beside choices and usage (OpenRouter);
 * `{"object":"error"}` (vLLM); a choice that finished with `error` (OpenRouter).
 */
export function faultOf(body: JsonObject): UpstreamFault | undefined {
  const { error, choices } = body;
  if (error) return toFault(isJsonObject(error) ? error : { message: error });
  if (body["object"] === "error") return toFault(body);
  if (!Array.isArray(choices)) return undefined;
  const failed = choices.find((choice) =>
    isJsonObject(choice) && choice["finish_reason"] === "error"
  );
  if (failed === undefined) return undefined;
  return toFault(isJsonObject(failed.error) ? failed.error : {});
}

/** Whether OpenAI's SDKs raise an error at this chunk: they look for a truthy `error`. */
export function isErrorForClients(body: JsonObject): boolean {
  return Boolean(body["error"]);
}

/** The fault that an error object states; every field of it may be missing. */
export function toFault(error: JsonObject): UpstreamFault {
  const { message, type, code, metadata } = error;
  const errorType = isJsonObject(metadata) ? metadata["error_type"] : undefined;
  const status = httpStatus(code) ?? httpStatus(error["status_code"]) ??
    httpStatus(error["status"]) ??
    statusByName(code) ?? statusByName(errorType) ?? statusByName(type);
  const name = [httpStatus(code) === undefined ? code : undefined, errorType].find(isName);
  return {
    message: toMessage(message),
    ...(typeof type === "string" && { type }),
    ...(name !== undefined && { code: String(name) }),
    ...(status !== undefined && { status }),
  };
}

function toMessage(message: JsonValue | undefined): string {
  if (typeof message === "string" && message !== "") return message;
  return isJsonObject(message) || Array.isArray(message)
    ? JSON.stringify(message)
    : NAMELESS_MESSAGE;
}

function httpStatus(value: JsonValue | undefined): number | undefined {
  return Number.isInteger(value) && Number(value) >= 400 && Number(value) <= 599
    ? Number(value)
    : undefined;
}

function statusByName(value: JsonValue | undefined): number | undefined {
  return typeof value === "string" ? STATUS_BY_NAME.get(value) : undefined;
}

function isName(value: JsonValue | undefined): value is string | number {
  return typeof value === "number" || (typeof value === "string" && value !== "");
}
