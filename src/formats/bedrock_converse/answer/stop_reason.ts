/** Why an answer ended, in Bedrock's words. */

import type { ChatEvent, FinishReason } from "../../../core/chat/chat.ts";
import type { JsonValue } from "../../../core/text/json.ts";

const REASON_BY_WORD: ReadonlyMap<string, FinishReason> = new Map([
  ["content_filtered", "content_filter"],
  ["end_turn", "stop"],
  ["guardrail_intervened", "content_filter"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["stop_sequence", "stop"],
  ["tool_use", "tool_calls"],
]);

/** `undefined` where it has not ended. An answer that called tools has ended for them, whatever it says. */
export function decodeStopReason(
  raw: JsonValue | undefined,
  hasToolCalls: boolean,
): Extract<ChatEvent, { readonly type: "finish" }> | undefined {
  if (typeof raw !== "string" || raw === "") return undefined;
  const reason = REASON_BY_WORD.get(raw) ?? "other";
  return {
    type: "finish",
    choice: 0,
    reason: reason === "stop" && hasToolCalls ? "tool_calls" : reason,
    raw,
  };
}
