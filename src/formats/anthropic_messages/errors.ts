/**
 * Errors in Anthropic's form.
 *
 * Agents read more than the form: Claude Code decides by the words of a 4xx whether it can go on, so the
 * words of an overflow and of a refused role are those that it knows.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import { type GatewayError, toldOf } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { faultOf as openaiFaultOf } from "../openai_chat/errors/errors.ts";
import { isOverflow, overflowMessage } from "./overflow.ts";

const TYPE_BY_STATUS: ReadonlyMap<number, string> = new Map([
  [400, "invalid_request_error"],
  [401, "authentication_error"],
  [402, "billing_error"],
  [403, "permission_error"],
  [404, "not_found_error"],
  [409, "conflict_error"],
  [413, "request_too_large"],
  [429, "rate_limit_error"],
  [500, "api_error"],
  [503, "overloaded_error"],
  [504, "timeout_error"],
  [529, "overloaded_error"],
]);

/** What each type stands for; 529 is Anthropic's own number, and means what 503 means. */
const STATUS_BY_TYPE: ReadonlyMap<string, number> = new Map([
  ["invalid_request_error", 400],
  ["authentication_error", 401],
  ["billing_error", 402],
  ["permission_error", 403],
  ["not_found_error", 404],
  ["conflict_error", 409],
  ["request_too_large", 413],
  ["rate_limit_error", 429],
  ["api_error", 500],
  ["overloaded_error", 503],
  ["timeout_error", 504],
]);

/** Codes of a 429 that no waiting mends; clients find them where Anthropic names its own. */
const MONEY_CODES: ReadonlySet<string> = new Set([
  "insufficient_quota",
  "credit_balance_exhausted",
  "organization_spend_limit_exceeded",
  "organization_usage_limit_exceeded",
  "project_spend_limit_exceeded",
  "enforced_spend_limit_reached",
]);

/** How servers say that a message with the role `system` may not stand where it does. */
const REFUSED_SYSTEM_ROLE =
  /system message must be at the beginning|must be 'user' or 'assistant',? but got 'system'/i;

/** The error body that Anthropic's clients expect. */
export function encodeError(error: GatewayError, requestId: string): JsonObject {
  return { ...errorEvent(error), request_id: requestId };
}

/** The same as the data of a stream's `error` event. */
export function errorEvent(error: GatewayError): JsonObject {
  const status = statusOf(error);
  const type = TYPE_BY_STATUS.get(status) ??
    (status >= 500 ? "api_error" : "invalid_request_error");
  return {
    type: "error",
    error: {
      type,
      message: messageOf(error),
      ...(MONEY_CODES.has(error.code) && { details: { error_code: error.code } }),
    },
  };
}

/** An overflow is the request's own fault, whatever the provider called it: 5xx would be sent again. */
export function statusOf(error: GatewayError): number {
  return isOverflow(error) ? 400 : error.status;
}

/**
 * The fault that a body or a stream's event states, `undefined` where it states none.
 *
 * Proxies in front of the API answer in OpenAI's form.
 */
export function faultOf(body: JsonObject): ProviderFault | undefined {
  const { error, usage } = body;
  if (isJsonObject(error)) return toFault(error, usage);
  if (body["type"] === "error" && !error) return toFault({ ...body, type: null });
  return openaiFaultOf(body);
}

/** @param usage What came beside the error: whoever counts may charge for it. */
function toFault(error: JsonObject, usage: JsonValue = null): ProviderFault | undefined {
  const stated = openaiFaultOf({ error, usage });
  if (stated === undefined) return undefined;
  const isPaid = isJsonObject(usage) && Number(usage["output_tokens"]) > 0;
  const { message, type, code = "" } = stated;
  // A code is OpenAI's, and says more than the type beside it.
  const status = (code === "" ? STATUS_BY_TYPE.get(type ?? "") : undefined) ?? stated.status;
  const ownCode = isOverflow({ status: status ?? 0, code, message })
    ? "context_length_exceeded"
    : detailsCode(error["details"]);
  return {
    ...stated,
    ...(isPaid && { mayBePaid: true as const }),
    ...(ownCode !== undefined && { code: ownCode }),
    ...(status !== undefined && { status }),
  };
}

function detailsCode(details: JsonValue | undefined): string | undefined {
  const code = isJsonObject(details) ? details["error_code"] : undefined;
  return typeof code === "string" && code !== "" ? code : undefined;
}

function messageOf(error: GatewayError): string {
  if (isOverflow(error)) return overflowMessage(error.message);
  if (error.status === 400 && REFUSED_SYSTEM_ROLE.test(error.message)) {
    return `role 'system' is not supported on this model here: ${error.message}`;
  }
  return toldOf(error);
}
