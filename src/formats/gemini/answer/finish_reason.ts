/**
 * Why a candidate ended, in Gemini's words.
 *
 * @module
 */

import type { ChatEvent, FinishReason } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

export type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

const REASON_BY_WORD: ReadonlyMap<string, FinishReason> = new Map([
  ["STOP", "stop"],
  ["MAX_TOKENS", "length"],
  ["SAFETY", "content_filter"],
  ["RECITATION", "content_filter"],
  ["BLOCKLIST", "content_filter"],
  ["PROHIBITED_CONTENT", "content_filter"],
  ["SPII", "content_filter"],
  ["MODEL_ARMOR", "content_filter"],
  ["IMAGE_SAFETY", "content_filter"],
  ["IMAGE_PROHIBITED_CONTENT", "content_filter"],
  ["IMAGE_RECITATION", "content_filter"],
  ["NO_IMAGE", "other"],
]);

/** The model wanted to call a tool and failed at it: nothing of the call is in the answer. */
const FAILED_CALLS: ReadonlySet<string> = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MISSING_THOUGHT_SIGNATURE",
  "MALFORMED_RESPONSE",
]);

/** Whether a word says that a call of a tool was lost. */
export function isFailedCall(word: string): boolean {
  return FAILED_CALLS.has(word);
}

/**
 * Reads what a candidate says of its end; `undefined` where it has not ended. One that called tools has ended
 * for them: Gemini says `STOP` then as well.
 */
export function decodeFinish(
  candidate: JsonObject,
  choice: number,
  hasToolCalls: boolean,
): Finish | undefined {
  const raw = candidate["finishReason"];
  if (!isText(raw) || raw === "FINISH_REASON_UNSPECIFIED") return undefined;
  const reason = REASON_BY_WORD.get(raw) ?? "other";
  const explanation = candidate["finishMessage"];
  return {
    type: "finish",
    choice,
    reason: reason === "stop" && hasToolCalls ? "tool_calls" : reason,
    raw,
    ...(reason === "content_filter" && isText(explanation) && { explanation }),
  };
}

/** A prompt that was blocked has no candidates, and an answer that says why (T97). */
export function decodeBlocked(
  feedback: JsonValue | undefined,
  choices: number,
): readonly Finish[] {
  if (!isJsonObject(feedback)) return [];
  const { blockReason: raw, blockReasonMessage: explanation } = feedback;
  if (!isText(raw) || raw === "BLOCK_REASON_UNSPECIFIED") return [];
  return Array.from({ length: Math.max(1, choices) }, (_, choice): Finish => ({
    type: "finish",
    choice,
    reason: "content_filter",
    raw,
    ...(isText(explanation) && { explanation }),
  }));
}

/** Gemini's word: the provider's own where it is one. */
export function encodeFinishReason(
  finish: Pick<Finish, "reason" | "raw"> | undefined,
  { hasRefusal }: { readonly hasRefusal: boolean },
): string {
  const { reason, raw } = finish ?? { reason: "other", raw: "" };
  if (REASON_BY_WORD.has(raw) || FAILED_CALLS.has(raw)) return raw;
  if (reason === "content_filter" || hasRefusal) return "SAFETY";
  if (reason === "length") return "MAX_TOKENS";
  return reason === "other" ? "OTHER" : "STOP";
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
