/** Events of answers, for the tests of what is written of them. */

import type { ChatEvent, FinishReason, Part } from "../../../../src/core/chat/chat.ts";
import type { StreamEncoder } from "../../../../src/core/format.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { anthropicMessages } from "../../../../src/formats/anthropic_messages/mod.ts";
import { ENCODE_OPTIONS, encodeAll, readFrames } from "./stream_cases.ts";

export const START: ChatEvent = { type: "start", id: "chatcmpl-1", model: "gpt" };

export function begin(block: number, part: Part, choice = 0): ChatEvent {
  return { type: "block_start", choice, block, part };
}

export function more(block: number, text: string): ChatEvent {
  return { type: "block_delta", block, text };
}

export function end(block: number): ChatEvent {
  return { type: "block_end", block };
}

export function finish(reason: FinishReason, raw: string = reason): ChatEvent {
  return { type: "finish", choice: 0, reason, raw };
}

export function textPart(text = ""): Part {
  return { type: "text", text };
}

export function toolCall(
  callId: string,
  name = "get",
  kind: "function" | "custom" = "function",
): Part {
  return { type: "tool_call", callId, kind, name, input: "" };
}

export function stream(): StreamEncoder {
  return anthropicMessages.answer.streamEncoder(ENCODE_OPTIONS);
}

/** The written events, each as its name and what matters of it. */
export function outline(events: readonly ChatEvent[]): readonly string[] {
  return readFrames(encodeAll(events)).map(({ name, body }) => {
    const { index, content_block: block, delta } = body;
    const what = block ?? delta;
    if (what === undefined) return index === undefined ? name : `${name} ${index}`;
    return `${name}${index === undefined ? "" : ` ${index}`} ${JSON.stringify(what)}`;
  });
}

export function content(events: readonly ChatEvent[]): JsonObject {
  return anthropicMessages.answer.encodeWhole(events, ENCODE_OPTIONS);
}
