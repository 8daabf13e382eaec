/**
 * Why a choice ended, in OpenAI's words and in those of others who use its format.
 *
 * @module
 */

import type { ChatEvent, FinishReason } from "../../../core/chat/chat.ts";
import type { JsonObject, JsonValue } from "../../../core/text/json.ts";

const REASON_BY_WORD: ReadonlyMap<string, FinishReason> = new Map([
  ["stop", "stop"],
  ["length", "length"],
  ["model_length", "length"], // Mistral.
  ["tool_calls", "tool_calls"],
  ["function_call", "tool_calls"], // OpenAI, before tools.
  ["content_filter", "content_filter"],
]);

/** What stands for "not finished yet" in a text, as DashScope has it in every chunk. */
const NO_WORD = /^\s*(?:null|none|undefined)?\s*$/i;

/** The word of a `finish_reason`, also where it is a number or a flag; `undefined` where it says nothing. */
function finishWord(value: JsonValue | undefined): string | undefined {
  if (typeof value === "string") return NO_WORD.test(value) ? undefined : value;
  const isWord = (typeof value === "number" && value !== 0) || value === true;
  return isWord ? String(value) : undefined;
}

/**
 * Reads what a choice says of its end; `undefined` where it has not ended. A choice that called tools has
 * ended for them, whatever it says (T35).
 */
export function decodeFinish(
  body: JsonObject,
  choice: number,
  hasToolCalls: boolean,
): Extract<ChatEvent, { readonly type: "finish" }> | undefined {
  const raw = finishWord(body["finish_reason"]);
  if (raw === undefined) return undefined;
  const reason = REASON_BY_WORD.get(raw) ?? "other";
  // vLLM and SGLang tell which sequence it was; a number is a token's.
  const stopSequence = [body["stop_reason"], body["matched_stop"]].find((value) =>
    typeof value === "string" && value !== "" && value !== raw
  );
  return {
    type: "finish",
    choice,
    reason: reason === "stop" && hasToolCalls ? "tool_calls" : reason,
    raw,
    ...(raw === "stop" && typeof stopSequence === "string" && { stopSequence }),
  };
}

/** Writes a finish reason; a word that OpenAI does not have stays the upstream's own. */
export function encodeFinishReason(reason: FinishReason, raw: string): string {
  return reason === "other" ? raw : reason;
}
