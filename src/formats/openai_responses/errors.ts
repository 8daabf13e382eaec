/**
 * Errors in OpenAI's form, and failures of answers that have begun.
 *
 * Codex reads the code: some it waits for, some it gives up at, and everything else it sends again.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import { isRequestsFault } from "../../core/provider/blame.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { isOverflow } from "../anthropic_messages/overflow.ts";
import {
  encodeError as encodeOpenaiError,
  faultOf as openaiFaultOf,
} from "../openai_chat/errors/errors.ts";

/** Of a 429 that no waiting mends. */
const MONEY_CODES: ReadonlySet<string> = new Set([
  "insufficient_quota",
  "credit_balance_exhausted",
  "organization_spend_limit_exceeded",
  "organization_usage_limit_exceeded",
  "project_spend_limit_exceeded",
  "enforced_spend_limit_reached",
  "usage_limit_reached",
]);

/** Codes that clients know, whoever says them. */
const FAILURE_CODES: ReadonlySet<string> = new Set([
  "bio_policy",
  "context_length_exceeded",
  "cyber_policy",
  "data_residency_mismatch",
  "image_content_policy_violation",
  "image_parse_error",
  "image_too_large",
  "image_too_small",
  "insufficient_quota",
  "invalid_base64_image",
  "invalid_image",
  "invalid_image_format",
  "invalid_image_url",
  "invalid_prompt",
  "rate_limit_exceeded",
  "server_error",
  "server_is_overloaded",
  "slow_down",
  "unsupported_image_media_type",
  "usage_not_included",
]);

const OVERFLOW = "context_length_exceeded";
const OVERLOADED = "server_is_overloaded";

/** The error body that OpenAI's clients expect. */
export function encodeError(failed: GatewayError): JsonObject {
  const { error } = encodeOpenaiError(failed);
  if (!isJsonObject(error)) throw new Error("OpenAI's errors are objects");
  if (isBudgetSpent(failed)) {
    const { renewsAtMs } = failed;
    const renewal = renewsAtMs !== undefined && { resets_at: Math.ceil(renewsAtMs / 1_000) };
    return { error: { ...error, type: "usage_limit_reached", ...renewal } };
  }
  const code = httpCode(failed);
  return { error: code === undefined ? error : { ...error, code } };
}

/**
 * An overflow is the request's own fault, and an overload is one, whatever the provider called them. Codex gives up
 * at a limit that is reached only where it is a 429 of that type; what it does not know it sends again.
 */
export function statusOf(error: GatewayError): number {
  if (isOverflow(error)) return 400;
  if (isBudgetSpent(error)) return 429;
  return isOverload(error) ? 503 : error.status;
}

function httpCode(error: GatewayError): string | undefined {
  if (isOverflow(error)) return OVERFLOW;
  if (error.kind === "upstream_error" && isOverload(error)) return OVERLOADED;
  return undefined;
}

/** The `error` of a response that failed. */
export function failureOf(
  error: GatewayError,
): { readonly code: string; readonly message: string } {
  const code = failureCode(error);
  const { message, retryAfterMs } = error;
  const isDated = code === "rate_limit_exceeded" && retryAfterMs !== undefined &&
    !/try again in/i.test(message);
  return {
    code,
    // The words by which Codex knows how long to wait.
    message: isDated
      ? `${message}. Please try again in ${(retryAfterMs / 1_000).toFixed(3)}s.`
      : message,
  };
}

function failureCode(error: GatewayError): string {
  const { code, status, wordsStatus = status } = error;
  if (isOverflow(error)) return OVERFLOW;
  if (FAILURE_CODES.has(code)) return code;
  if (MONEY_CODES.has(code) || status === 402 || wordsStatus === 402) return "insufficient_quota";
  if (status === 429 || wordsStatus === 429) return "rate_limit_exceeded";
  if (isOverload(error)) return OVERLOADED;
  return isRequestsFault(error) || error.kind === "invalid_request"
    ? "invalid_prompt"
    : "server_error";
}

function isBudgetSpent({ kind, shouldRetry }: GatewayError): boolean {
  return kind === "budget_exceeded" && shouldRetry === false;
}

function isOverload({ kind, status }: GatewayError): boolean {
  return status === 529 || status === 503 && kind === "upstream_error";
}

/** The fault that a body, an `error` event or a response that failed states; `undefined` where it states none. */
export function faultOf(body: JsonObject): ProviderFault | undefined {
  const { type, response } = body;
  if (type === "error") return faultOfEvent(body);
  if (type === "response.failed" && isJsonObject(response)) return faultOfResponse(response);
  if (body["object"] === "response") {
    const { status } = body;
    return status === "failed" || status === "cancelled" ? faultOfResponse(body) : undefined;
  }
  return openaiFaultOf(body);
}

/** Bare, as it is documented, or with an object of its own, as it comes. */
function faultOfEvent(event: JsonObject): ProviderFault {
  const { error } = event;
  if (error) return openaiFaultOf({ error }) ?? UNNAMED;
  const { message = null, code = null } = event;
  return openaiFaultOf({ error: { message, code } }) ?? UNNAMED;
}

/** The fault of a response that has failed; what it has cost, its counts and its items tell. */
export function faultOfResponse({ error, status, output, usage }: JsonObject): ProviderFault {
  if (!error && status === "cancelled") {
    return { message: "The response was cancelled", code: "response_cancelled", mayBePaid: true };
  }
  const fault = error ? openaiFaultOf({ error }) ?? UNNAMED : UNNAMED;
  const isPaid = isJsonObject(usage) || Array.isArray(output) && output.length > 0;
  return isPaid ? { ...fault, mayBePaid: true } : fault;
}

const UNNAMED: ProviderFault = { message: "The response failed, its provider does not say why" };
