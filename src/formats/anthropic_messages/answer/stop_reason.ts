/**
 * Why a message ended, in Anthropic's words.
 *
 * @module
 */

import type { ChatEvent, FinishReason } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

const REASON_BY_WORD: ReadonlyMap<string, FinishReason> = new Map([
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["pause_turn", "stop"],
  ["tool_use", "tool_calls"],
  ["max_tokens", "length"],
  ["model_context_window_exceeded", "length"],
  ["refusal", "content_filter"],
]);

/**
 * Reads what a message, or the `delta` of a `message_delta`, says of its end; `undefined` where it has not
 * ended. A message that called tools has ended for them, whatever it says.
 */
export function decodeStopReason(body: JsonObject, hasToolCalls: boolean): Finish | undefined {
  const raw = body["stop_reason"];
  if (!isText(raw)) return undefined;
  const reason = REASON_BY_WORD.get(raw) ?? "other";
  const stopSequence = body["stop_sequence"];
  const details = body["stop_details"];
  const explanation = isJsonObject(details) ? details["explanation"] : undefined;
  return {
    type: "finish",
    choice: 0,
    reason: reason === "stop" && hasToolCalls ? "tool_calls" : reason,
    raw,
    ...(isText(stopSequence) && { stopSequence }),
    ...(isText(explanation) && { explanation }),
  };
}

/** What is known of a message that is written, besides its finish. */
export interface WrittenContent {
  readonly hasToolCalls: boolean;
  readonly hasRefusal: boolean;
}

/** Writes `stop_reason`, `stop_sequence` and, for a refusal, `stop_details`. */
export function encodeStopReason(finish: Finish | undefined, content: WrittenContent): JsonObject {
  const word = wordOf(finish, content);
  const explanation = word === "refusal" ? finish?.explanation : undefined;
  return {
    stop_reason: word,
    stop_sequence: word === "stop_sequence" ? finish?.stopSequence ?? null : null,
    ...(explanation !== undefined && {
      stop_details: { type: "refusal", category: null, explanation },
    }),
  };
}

function wordOf(finish: Finish | undefined, { hasToolCalls, hasRefusal }: WrittenContent): string {
  const reason = finish?.reason ?? "other";
  if (reason === "content_filter" || hasRefusal) return "refusal";
  if (finish !== undefined && reason === "length") {
    return REASON_BY_WORD.get(finish.raw) === reason ? finish.raw : "max_tokens";
  }
  // Clients run the tools of a message only for this word, and without a call they would wait for one.
  if (hasToolCalls) return "tool_use";
  if (finish?.stopSequence !== undefined) return "stop_sequence";
  return finish?.raw === "pause_turn" ? finish.raw : "end_turn";
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}
