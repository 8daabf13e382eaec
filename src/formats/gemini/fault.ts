/**
 * Errors in Google's form, read.
 *
 * @module
 */

import type { ProviderFault } from "../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { faultOf as openaiFaultOf } from "../openai_chat/errors/errors.ts";

/** The word for a fault by what `details` say, which is finer than `status`: an invalid key is 400 there. */
const CODE_BY_REASON: ReadonlyMap<string, string> = new Map([
  ["API_KEY_INVALID", "invalid_api_key"],
  ["API_KEY_EXPIRED", "invalid_api_key"],
]);

/** How Google says that a prompt is too long. */
const OVERFLOW =
  /(?:input|prompt) token count .{0,40}exceeds the maximum number of (?:input )?tokens/i;

/** Bodies of these alone, as almost all are, say nothing of a fault; others are looked into for many words. */
const ANSWER_FIELDS: ReadonlySet<string> = new Set([
  "candidates",
  "usageMetadata",
  "modelVersion",
  "responseId",
  "createTime",
  "promptFeedback",
]);

/** The fault that a body or a stream's event states, `undefined` where it states none. */
export function faultOf(body: JsonObject): ProviderFault | undefined {
  if (Object.keys(body).every((name) => ANSWER_FIELDS.has(name))) return undefined;
  const stated = openaiFaultOf(body);
  if (stated === undefined) return undefined;
  const { error, usageMetadata } = body;
  const reason = isJsonObject(error) ? reasonOf(error["details"]) : undefined;
  const code = (OVERFLOW.test(stated.message) ? "context_length_exceeded" : undefined) ??
    (reason === undefined ? undefined : CODE_BY_REASON.get(reason));
  const isPaid = isJsonObject(usageMetadata) && Number(usageMetadata["candidatesTokenCount"]) > 0;
  return {
    ...stated,
    ...(code !== undefined && { code }),
    ...(isPaid && { mayBePaid: true as const }),
  };
}

/** `google.rpc.ErrorInfo`'s reason. */
function reasonOf(details: JsonValue | undefined): string | undefined {
  for (const detail of Array.isArray(details) ? details : []) {
    const reason = isJsonObject(detail) ? detail["reason"] : undefined;
    if (typeof reason === "string") return reason;
  }
  return undefined;
}

/** How long `google.rpc.RetryInfo` asks to wait; `undefined` where it does not. */
export function retryDelayMs(error: JsonValue | undefined): number | undefined {
  const details = isJsonObject(error) ? error["details"] : undefined;
  for (const detail of Array.isArray(details) ? details : []) {
    const delay = isJsonObject(detail) ? detail["retryDelay"] : undefined;
    const [, seconds] = /^(\d+(?:\.\d+)?)s$/.exec(typeof delay === "string" ? delay : "") ?? [];
    if (seconds !== undefined) return Math.ceil(Number(seconds) * 1000);
  }
  return undefined;
}
