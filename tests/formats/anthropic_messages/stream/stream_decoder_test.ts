/** What a stream may not do to its reader. */

import { assertEquals } from "@std/assert";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import { decodeAll, decoderOf, framesOf, tell } from "./stream_cases.ts";

const START = { type: "message_start", message: { id: "msg_1", model: "m" } };

function faultOf(...events: readonly JsonObject[]): unknown {
  return tell(decodeAll([framesOf(START, ...events)])).fault;
}

Deno.test("the decoder bounds the blocks of an answer, open or not", () => {
  const block = { type: "server_tool_use", name: "x" };
  const events = Array.from({ length: 4_097 }, (_, index) => (
    { type: "content_block_start", index, content_block: block }
  ));
  assertEquals(faultOf(...events.slice(1)), undefined);
  assertEquals((faultOf(...events) as { status: number }).status, 502);
});

Deno.test("the decoder bounds a block that it must keep until its end", () => {
  const decoder = decoderOf(10 << 20);
  decoder.push(framesOf(START, {
    type: "content_block_start",
    index: 0,
    content_block: { type: "future_block" },
  }));
  const delta = {
    type: "content_block_delta",
    index: 0,
    delta: { type: "future_delta", words: "x".repeat(1 << 20) },
  };
  const events = Array.from({ length: 9 }, () => decoder.push(framesOf(delta)));
  assertEquals(events.flat().map(({ type }) => type), ["fault"]);
});

Deno.test("the decoder does not take the input of a call that never began for nothing", () => {
  const delta = { type: "input_json_delta", partial_json: "{}" };
  const fault = faultOf({ type: "content_block_delta", index: 3, delta });
  assertEquals((fault as { status: number }).status, 502);
});

Deno.test("the decoder joins what a provider sends of a block that it does not know", () => {
  const { parts } = tell(decodeAll([framesOf(
    START,
    { type: "content_block_start", index: 0, content_block: { type: "compaction", content: "a" } },
    { type: "content_block_delta", index: 0, delta: { type: "compaction_delta", content: "b" } },
    { type: "content_block_stop", index: 0 },
  )]));
  assertEquals(parts, [{
    type: "native",
    format: "anthropic_messages",
    name: "compaction",
    value: { type: "compaction", content: "ab" },
  }]);
});
