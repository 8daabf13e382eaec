/** Messages streams, written from events of any format. */

import { assertEquals, assertThrows } from "@std/assert";
import type { ChatEvent, FinishReason, Part } from "../../../src/core/chat.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { anthropicMessages } from "../../../src/formats/anthropic_messages/mod.ts";
import { seededRandom } from "../../dialects/stream_cases.ts";
import { decodeAll, ENCODE_OPTIONS, encodeAll, readFrames, tell } from "./stream_cases.ts";

const START: ChatEvent = { type: "start", id: "chatcmpl-1", model: "gpt" };
const utf8 = new TextDecoder();

function begin(block: number, part: Part, choice = 0): ChatEvent {
  return { type: "block_start", choice, block, part };
}

function more(block: number, text: string): ChatEvent {
  return { type: "block_delta", block, text };
}

function end(block: number): ChatEvent {
  return { type: "block_end", block };
}

function finish(reason: FinishReason, raw: string = reason): ChatEvent {
  return { type: "finish", choice: 0, reason, raw };
}

function textPart(text = ""): Part {
  return { type: "text", text };
}

function toolCall(callId: string, name = "get", kind: "function" | "custom" = "function"): Part {
  return { type: "tool_call", callId, kind, name, input: "" };
}

function stream(): ReturnType<typeof anthropicMessages.answer.streamEncoder> {
  return anthropicMessages.answer.streamEncoder(ENCODE_OPTIONS);
}

/** The written events, each as its name and what matters of it. */
function outline(events: readonly ChatEvent[]): readonly string[] {
  return readFrames(encodeAll(events)).map(({ name, body }) => {
    const { index, content_block: block, delta } = body;
    const what = block ?? delta;
    if (what === undefined) return index === undefined ? name : `${name} ${index}`;
    return `${name}${index === undefined ? "" : ` ${index}`} ${JSON.stringify(what)}`;
  });
}

function content(events: readonly ChatEvent[]): JsonObject {
  return anthropicMessages.answer.encodeWhole(events, ENCODE_OPTIONS);
}

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

/** Events in an order that a decoder may produce: blocks open together, deltas between, ends or none. */
function randomEvents(random: () => number): ChatEvent[] {
  const pick = (count: number): number => Math.floor(random() * count);
  const parts: (() => Part)[] = [
    () => textPart(pick(2) === 0 ? "" : "x"),
    () => ({ type: "reasoning", text: "" }),
    () => ({ type: "refusal", text: "" }),
    () =>
      toolCall(pick(2) === 0 ? "" : `c${pick(9)}`, "get", pick(3) === 0 ? "custom" : "function"),
    () => ({
      type: "sealed",
      seal: { value: "s", issuer: pick(2) === 0 ? "x" : "anthropic_messages" },
    }),
  ];
  const events: ChatEvent[] = pick(2) === 0 ? [START] : [];
  const open: number[] = [];
  let blocks = 0;
  for (let count = pick(30); count > 0; count--) {
    const block = open[pick(open.length)];
    const step = pick(5);
    if (block === undefined || step === 0) {
      open.push(blocks);
      events.push(begin(blocks++, parts[pick(parts.length)]!()));
    } else if (step === 1) {
      open.splice(open.indexOf(block), 1);
      events.push(end(block));
    } else if (step === 2) {
      events.push({
        type: "block_seal",
        block,
        seal: { value: `s${pick(9)}`, issuer: "anthropic_messages" },
      });
    } else events.push(more(block, `${pick(1_000)}`));
  }
  if (pick(4) > 0) events.push(finish("stop"));
  return events;
}

Deno.test("encode() says the same streamed and whole, in any order of events", () => {
  const random = seededRandom(29);
  for (let round = 0; round < 2_000; round++) {
    const events = randomEvents(random);
    const frames = readFrames(encodeAll(events, 1 + Math.floor(random() * 4)));
    const whole = content(events);
    assertEquals(contentOf(frames.map(({ body }) => body)), whole["content"]);
    assertEquals(
      (frames.at(-2)?.body["delta"] as JsonObject)["stop_reason"],
      whole["stop_reason"],
    );
  }
});

/** Puts a stream together as strict clients do: an index out of order or a block reopened throws. */
function contentOf(frames: readonly JsonObject[]): readonly JsonObject[] {
  const blocks: Record<string, unknown>[] = [];
  let input = "";
  let isOpen = false;
  for (const { type, index, content_block: block, delta } of frames) {
    if (type === "content_block_start") {
      if (isOpen || index !== blocks.length) throw new Error("started out of order");
      blocks.push({ ...block as JsonObject });
      isOpen = true;
      input = "";
    } else if (type === "content_block_delta" || type === "content_block_stop") {
      if (!isOpen || index !== blocks.length - 1) throw new Error(`${type} without a block`);
      const last = blocks.at(-1)!;
      const { text, thinking, signature, partial_json: json } = (delta ?? {}) as JsonObject;
      if (text !== undefined) last["text"] = `${last["text"]}${text}`;
      if (thinking !== undefined) last["thinking"] = `${last["thinking"]}${thinking}`;
      if (signature !== undefined) last["signature"] = signature;
      if (json !== undefined) input += String(json);
      if (type === "content_block_delta") continue;
      isOpen = false;
      if (input !== "") last["input"] = input.startsWith("{") ? JSON.parse(input) : { input };
    }
  }
  if (isOpen) throw new Error("a block was left open");
  return blocks as JsonObject[];
}
