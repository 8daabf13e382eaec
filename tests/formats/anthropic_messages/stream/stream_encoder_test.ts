/** Messages streams, written from events of any format. */

import { assertEquals, assertThrows } from "@std/assert";
import type { ChatEvent, Part } from "../../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../../src/core/text/json.ts";
import {
  begin,
  content,
  end,
  finish,
  more,
  outline,
  START,
  stream,
  textPart,
  toolCall,
} from "./neutral_events.ts";
import { decodeAll, encodeAll, readFrames, tell } from "./stream_cases.ts";

const utf8 = new TextDecoder();

Deno.test("encode() writes a text with its ends", () => {
  assertEquals(outline([START, begin(0, textPart()), more(0, "a"), end(0), finish("stop")]), [
    "message_start",
    `content_block_start 0 {"type":"text","text":""}`,
    `content_block_delta 0 {"type":"text_delta","text":"a"}`,
    "content_block_stop 0",
    `message_delta {"stop_reason":"end_turn","stop_sequence":null}`,
    "message_stop",
  ]);
});

Deno.test("encode() begins a text with its first word", () => {
  const encoder = stream();
  assertEquals(encoder.encode([START]).length, 0);
  const begun = readFrames(utf8.decode(encoder.encode([begin(0, textPart())])));
  assertEquals(begun.map(({ name }) => name), ["message_start"]);
  const said = readFrames(utf8.decode(encoder.encode([more(0, "a")])));
  assertEquals(said.map(({ name }) => name), ["content_block_start", "content_block_delta"]);
});

Deno.test("encode() names the message by the call where the provider names none", () => {
  const [first] = readFrames(encodeAll([begin(0, textPart("a")), end(0)]));
  const { id, model, role, type } = first?.body["message"] as JsonObject;
  assertEquals({ id, model, role, type }, {
    id: "msg_weir",
    model: "asked-model",
    role: "assistant",
    type: "message",
  });
});

Deno.test("encode() lets a block wait while another is open", () => {
  const events = [
    begin(0, textPart()),
    begin(1, toolCall("a")),
    more(1, "{"),
    begin(2, toolCall("b")),
    more(0, "t"),
    end(2),
    more(1, "}"),
    end(0),
    more(1, " "),
    end(1),
    finish("tool_calls"),
  ];
  assertEquals(outline(events).slice(1, -2), [
    `content_block_start 0 {"type":"text","text":""}`,
    `content_block_delta 0 {"type":"text_delta","text":"t"}`,
    "content_block_stop 0",
    `content_block_start 1 {"type":"tool_use","id":"a","name":"get","input":{}}`,
    `content_block_delta 1 {"type":"input_json_delta","partial_json":"{"}`,
    `content_block_delta 1 {"type":"input_json_delta","partial_json":"}"}`,
    `content_block_delta 1 {"type":"input_json_delta","partial_json":" "}`,
    "content_block_stop 1",
    `content_block_start 2 {"type":"tool_use","id":"b","name":"get","input":{}}`,
    "content_block_stop 2",
  ]);
});

Deno.test("encode() bounds what may wait", () => {
  const encoder = stream();
  encoder.encode([begin(0, textPart()), begin(1, textPart())]);
  const error = assertThrows(() => {
    for (let count = 0; count < 100; count++) encoder.encode([more(1, "x".repeat(100_000))]);
  }, GatewayError);
  assertEquals(error.kind, "upstream_invalid_response");
});

Deno.test("encode() ends what was not ended, and leaves out what is empty", () => {
  const events = [
    begin(0, { type: "reasoning", text: "" }),
    end(0),
    begin(1, textPart()),
    more(1, ""),
    end(1),
    begin(2, textPart()),
    more(2, "a"),
    begin(3, textPart("b")),
    finish("stop"),
  ];
  assertEquals(outline(events).slice(1, -2), [
    `content_block_start 0 {"type":"text","text":""}`,
    `content_block_delta 0 {"type":"text_delta","text":"a"}`,
    "content_block_stop 0",
    `content_block_start 1 {"type":"text","text":""}`,
    `content_block_delta 1 {"type":"text_delta","text":"b"}`,
    "content_block_stop 1",
  ]);
});

Deno.test("encode() writes reasoning without a seal so that clients can send it back", () => {
  const foreign: ChatEvent[] = [
    begin(0, { type: "reasoning", text: "Hm" }),
    { type: "block_seal", block: 0, seal: { value: "x", issuer: "gemini" } },
    end(0),
    begin(1, { type: "sealed", seal: { value: "y", issuer: "openai_responses" } }),
    end(1),
    begin(2, { type: "native", format: "openai_chat", name: "audio", value: {} }),
    end(2),
    finish("stop"),
  ];
  assertEquals(outline(foreign).slice(1, -2), [
    `content_block_start 0 {"type":"thinking","thinking":"","signature":""}`,
    `content_block_delta 0 {"type":"thinking_delta","thinking":"Hm"}`,
    "content_block_stop 0",
  ]);
  assertEquals(content(foreign)["content"], [
    { type: "thinking", thinking: "Hm", signature: "" },
  ]);
});

Deno.test("encode() makes an id for a call without one, and spells others as clients allow", () => {
  const events = [
    begin(0, toolCall("")),
    end(0),
    begin(4, toolCall("call:1")),
    end(4),
    finish("stop"),
  ];
  const ids = (content(events)["content"] as JsonObject[]).map(({ id }) => id);
  assertEquals(ids, ["toolu_weir_0", "call_3a1"]);
  assertEquals(content(events)["stop_reason"], "tool_use");
});

Deno.test("encode() writes the input that came with a call's beginning (T66)", () => {
  const events = [
    begin(0, textPart("a")),
    end(0),
    begin(1, { ...toolCall("a"), input: `{"a"` } as Part),
    more(1, ":1}"),
    end(1),
    finish("tool_calls"),
  ];
  assertEquals((content(events)["content"] as JsonObject[])[1]?.["input"], { a: 1 });
  assertEquals(outline(events).slice(4, 8), [
    `content_block_start 1 {"type":"tool_use","id":"a","name":"get","input":{}}`,
    `content_block_delta 1 {"type":"input_json_delta","partial_json":"{\\"a\\""}`,
    `content_block_delta 1 {"type":"input_json_delta","partial_json":":1}"}`,
    "content_block_stop 1",
  ]);
});

Deno.test("encode() refuses a call without a name", () => {
  assertThrows(() => stream().encode([begin(0, toolCall("a", ""))]), GatewayError);
  assertThrows(() => content([begin(0, toolCall("a", ""))]), GatewayError);
});

Deno.test("encode() makes an object of a custom tool's input", () => {
  const events = [
    begin(0, toolCall("a", "patch", "custom")),
    more(0, `*** "Begin"\n`),
    more(0, "\ud83d"),
    more(0, "\ude00"),
    end(0),
    begin(1, toolCall("b", "patch", "custom")),
    end(1),
    finish("tool_calls"),
  ];
  const streamed = tell(decodeAll([new TextEncoder().encode(encodeAll(events))])).parts;
  const inputs = streamed.map((part) =>
    part.type === "tool_call" ? JSON.parse(part.input || "{}") : undefined
  );
  assertEquals(inputs, [{ input: `*** "Begin"\n😀` }, {}]);
  assertEquals((content(events)["content"] as JsonObject[]).map(({ input }) => input), inputs);
});

Deno.test("encode() writes one answer of several, and no logprobs", () => {
  const events: ChatEvent[] = [
    begin(0, textPart("a")),
    begin(1, textPart("other"), 1),
    more(1, "s"),
    end(1),
    { type: "logprobs", choice: 0, content: [] },
    end(0),
    finish("stop"),
    { type: "finish", choice: 1, reason: "length", raw: "length" },
  ];
  assertEquals(content(events)["content"], [{ type: "text", text: "a" }]);
  assertEquals(outline(events).length, 6);
});
