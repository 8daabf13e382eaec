/** How Messages streams end, count and stay alive. */

import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import {
  begin,
  content,
  end,
  finish,
  START,
  stream,
  textPart,
  toolCall,
} from "./neutral_events.ts";
import { decodeAll, encodeAll, readFrames, tell } from "./stream_cases.ts";

const utf8 = new TextDecoder();

const ENDS: readonly (readonly [what: string, events: readonly ChatEvent[], expected: string])[] = [
  ["no word", [], "end_turn"],
  ["stop", [finish("stop")], "end_turn"],
  ["length", [finish("length")], "max_tokens"],
  [
    "the window",
    [finish("length", "model_context_window_exceeded")],
    "model_context_window_exceeded",
  ],
  ["a filter", [finish("content_filter")], "refusal"],
  ["a pause", [finish("stop", "pause_turn")], "pause_turn"],
  ["a word of its own", [finish("other", "weird")], "end_turn"],
  ["calls without a call", [finish("tool_calls")], "end_turn"],
  ["stop after a call", [begin(0, toolCall("a")), end(0), finish("stop")], "tool_use"],
  ["length after a call", [begin(0, toolCall("a")), end(0), finish("length")], "max_tokens"],
  ["a refusal", [begin(0, { type: "refusal", text: "No" }), end(0), finish("stop")], "refusal"],
  ["a stop sequence", [
    { type: "finish", choice: 0, reason: "stop", raw: "stop", stopSequence: "END" },
  ], "stop_sequence"],
  ["the last of two", [finish("length"), finish("stop")], "end_turn"],
];

for (const [what, events, expected] of ENDS) {
  Deno.test(`encode() ends with ${what}`, () => {
    assertEquals(content(events)["stop_reason"], expected);
    const delta = readFrames(encodeAll(events)).at(-2)?.body["delta"] as JsonObject;
    assertEquals(delta["stop_reason"], expected);
    assertEquals(delta["stop_sequence"], expected === "stop_sequence" ? "END" : null);
  });
}

Deno.test("encode() counts as Anthropic counts", () => {
  const events: ChatEvent[] = [{
    type: "usage",
    usage: {
      inputTokens: 100,
      outputTokens: 20,
      totalTokens: 120,
      cachedInputTokens: 60,
      cacheWriteInputTokens: 30,
      cacheWriteHourInputTokens: 10,
      reasoningOutputTokens: 5,
    },
  }, begin(0, textPart("a"))];
  const usage = {
    input_tokens: 10,
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 60,
    cache_creation: { ephemeral_5m_input_tokens: 20, ephemeral_1h_input_tokens: 10 },
    output_tokens: 20,
    output_tokens_details: { thinking_tokens: 5 },
  };
  assertEquals(content(events)["usage"], usage);
  const frames = readFrames(encodeAll(events));
  assertEquals((frames[0]?.body["message"] as JsonObject)["usage"], usage);
  assertEquals(frames.at(-2)?.body["usage"], usage);
});

Deno.test("encode() escapes what some clients take for the end of a line", () => {
  const written = encodeAll([begin(0, textPart("a\u2028b\u0085c\nd"))]);
  assertEquals(/[\u0085\u2028]/.test(written), false);
  const told = tell(decodeAll([new TextEncoder().encode(written)]));
  assertEquals(told.parts, [textPart("a\u2028b\u0085c\nd")]);
});

Deno.test("close() ends a failed stream with an error and no end mark", () => {
  const encoder = stream();
  encoder.encode([START, begin(0, textPart("a"))]);
  const error = new GatewayError("upstream_timeout", "No answer within 5 ms");
  assertEquals(readFrames(utf8.decode(encoder.close({ kind: "failed", error }))), [{
    name: "error",
    body: {
      type: "error",
      error: { type: "timeout_error", message: "No answer within 5 ms" },
      request_id: "weir",
    },
  }]);
});

Deno.test("keepAlive() is a ping, in either form and at any time", () => {
  const encoder = stream();
  const ping = 'event: ping\ndata: {"type": "ping"}\n\n';
  assertEquals(utf8.decode(encoder.keepAlive("comment")), ping);
  encoder.encode([begin(0, textPart("a"))]);
  assertEquals(utf8.decode(encoder.keepAlive("chunk")), ping);
});
