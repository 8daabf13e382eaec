/** Answers of few events, and what is written of them. */

import { assertEquals } from "@std/assert";
import type { ChatEvent, Part } from "../../../../src/core/chat/chat.ts";
import type { EncodeOptions } from "../../../../src/core/format.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { openaiResponses } from "../../../../src/formats/openai_responses/mod.ts";
import { checkResponsesStream } from "../stream_checker.ts";
import { ENCODE_OPTIONS, encodeAll, readFrames } from "./stream_cases.ts";

/** A proper end. */
export const STOP: ChatEvent = { type: "finish", choice: 0, reason: "stop", raw: "stop" };

export function begin(block: number, part: Part): ChatEvent {
  return { type: "block_start", choice: 0, block, part };
}

export function add(block: number, text: string): ChatEvent {
  return { type: "block_delta", block, text };
}

export function end(block: number): ChatEvent {
  return { type: "block_end", block };
}

export function call(
  name: string,
  fields: Partial<Extract<Part, { type: "tool_call" }>> = {},
): Part {
  return { type: "tool_call", callId: "c", kind: "function", name, input: "", ...fields };
}

/** A text in two pieces. */
export const TEXT: readonly ChatEvent[] = [
  begin(0, { type: "text", text: "" }),
  add(0, "Hel"),
  add(0, "lo"),
  end(0),
];

/** The last event's response; the stream is checked on the way. */
export function responseOf(
  events: readonly ChatEvent[],
  options: Partial<EncodeOptions> = {},
): JsonObject {
  const stream = encodeAll(events, options);
  assertEquals(checkResponsesStream(stream), []);
  assertEquals(encodeAll(events, options, { kind: "complete" }, 1), stream);
  const response = readFrames(stream).at(-1)!["response"] as JsonObject;
  const whole = openaiResponses.answer.encodeWhole(events, { ...ENCODE_OPTIONS, ...options });
  assertEquals(whole, response);
  return response;
}

export function outputOf(
  events: readonly ChatEvent[],
  options: Partial<EncodeOptions> = {},
): readonly JsonObject[] {
  return responseOf(events, options)["output"] as readonly JsonObject[];
}
