import { assertEquals } from "@std/assert";
import type { ChatEvent, Part } from "../../../src/core/chat/chat.ts";
import type { EncodeOptions, StreamEnding } from "../../../src/core/format.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import {
  openrouterSocket,
  openrouterSocketErrors,
} from "../../../src/formats/openrouter_socket/mod.ts";

const OPTIONS: EncodeOptions = {
  id: "1",
  model: "asked/for",
  createdSeconds: 1,
  includeUsage: false,
};
const START: ChatEvent = { type: "start", id: "gen-1", model: "served/model", createdSeconds: 2 };
const USAGE: ChatEvent = {
  type: "usage",
  usage: { inputTokens: 10, outputTokens: 15, totalTokens: 25 },
};
const IDENTITY = { model: "served/model", created: 2 };

/** All of a text, as a block of its own. */
function text(content: string, choice = 0, block = choice): ChatEvent {
  return { type: "block_start", choice, block, part: { type: "text", text: content } };
}

/** A part that is whole. */
function part(block: number, part: Part): ChatEvent {
  return { type: "block_start", choice: 0, block, part };
}

function finish(reason: "stop" | "length"): ChatEvent {
  return { type: "finish", choice: 0, reason, raw: reason };
}

/** The messages of a stream, as their type and what they carry; each must be a line of its own. */
function encode(
  events: readonly ChatEvent[],
  ending: StreamEnding = { kind: "complete" },
): readonly (readonly [type: string, unknown])[] {
  const encoder = openrouterSocket.streamEncoder(OPTIONS);
  const utf8 = new TextDecoder();
  const text = utf8.decode(encoder.encode(events)) + utf8.decode(encoder.close(ending));
  const lines = text.split("\n");
  assertEquals(lines.pop(), "");
  return lines.map((line) => {
    const { type, data, error, ...rest } = JSON.parse(line);
    assertEquals(rest, {});
    return [type, data ?? error];
  });
}

Deno.test("each piece of content is a line, and the last line has why it ended and the usage", () => {
  assertEquals(
    encode([
      START,
      text("Hello"),
      { type: "block_delta", block: 0, text: " you" },
      finish("stop"),
      USAGE,
    ]),
    [
      ["inference_response", { content: "Hello", finish_reason: null, ...IDENTITY }],
      ["inference_response", { content: " you", finish_reason: null, ...IDENTITY }],
      ["inference_response", {
        content: "",
        finish_reason: "stop",
        usage: { prompt_tokens: 10, completion_tokens: 15, total_tokens: 25 },
        ...IDENTITY,
      }],
    ],
  );
});

Deno.test("a model and a time that the upstream does not name are the request's", () => {
  const identity = { model: "asked/for", created: 1 };
  assertEquals(encode([text("a"), finish("stop")]), [
    ["inference_response", { content: "a", finish_reason: null, ...identity }],
    ["inference_response", { content: "", finish_reason: "stop", ...identity }],
  ]);
});

Deno.test("texts with every kind of line end and quote are one line each", () => {
  const hostile = `"\\ \n \r\n \u0085 \u2028 \u2029 \u0000 \ud83d\ude00 Zürich`;
  const [piece] = encode([START, text(hostile)]);
  assertEquals(piece, ["inference_response", {
    content: hostile,
    finish_reason: null,
    ...IDENTITY,
  }]);
});

Deno.test("nothing is lost that is no content: each is a member beside an empty one", () => {
  const events: readonly ChatEvent[] = [
    START,
    part(0, { type: "reasoning", text: "hm" }),
    part(1, { type: "refusal", text: "no" }),
    part(2, { type: "tool_call", callId: "", name: "look_up", kind: "function", input: "" }),
    { type: "block_delta", block: 2, text: "{}" },
    { type: "logprobs", choice: 0, content: [{ token: "a" }] },
    { type: "native", choice: 0, format: "openai_chat", name: "images", value: [{ url: "data:" }] },
    { type: "native", choice: 0, format: "gemini", name: "grounding", value: {} },
  ];
  const parts = encode(events).slice(0, -1);
  const rest = { content: "", finish_reason: null, ...IDENTITY };
  const id = "call_chatcmpl-1_0_0";
  const call = { index: 0, id, type: "function", function: { name: "look_up", arguments: "" } };
  const detail = { type: "reasoning.text", text: "hm", index: 0 };
  assertEquals(parts, [
    ["inference_response", { reasoning: "hm", reasoning_details: [detail], ...rest }],
    ["inference_response", { refusal: "no", ...rest }],
    ["inference_response", { tool_calls: [call], ...rest }],
    ["inference_response", { tool_calls: [{ index: 0, function: { arguments: "{}" } }], ...rest }],
    ["inference_response", { logprobs: { content: [{ token: "a" }], refusal: null }, ...rest }],
    ["inference_response", { images: [{ url: "data:" }], ...rest }],
  ]);
});

Deno.test("a member of the upstream's own cannot take the place of one that clients rely on", () => {
  const events: readonly ChatEvent[] = [
    START,
    { type: "native", choice: 0, format: "openai_chat", name: "finish_reason", value: "stop" },
  ];
  assertEquals(encode(events)[0], ["inference_response", {
    content: "",
    finish_reason: null,
    ...IDENTITY,
  }]);
});

Deno.test("a choice that finishes twice finishes with the last word, and only the first choice counts", () => {
  const lines = encode([START, text("a"), text("b", 1), finish("length"), finish("stop")]);
  assertEquals(lines.map(([kind]) => kind), ["inference_response", "inference_response"]);
  assertEquals(lines[1], ["inference_response", {
    content: "",
    finish_reason: "stop",
    ...IDENTITY,
  }]);
});

Deno.test("a stream that fails ends with an error and no final line", () => {
  const error = new GatewayError("rate_limited", "Too fast", { retryAfterMs: 1_500.2 });
  assertEquals(encode([START, text("a")], { kind: "failed", error }).slice(1), [
    ["error", {
      code: 429,
      message: "Too fast",
      type: "rate_limit",
      details: { code: "rate_limited", retry_after_ms: 1_501 },
    }],
  ]);
});

Deno.test("an error says what is wrong in its message, and where beside it", () => {
  const error = new GatewayError("invalid_request", "Model is required", { param: "model" });
  assertEquals(openrouterSocketErrors.encode(error, "r"), {
    error: {
      code: 400,
      message: "Model is required",
      type: "validation",
      details: { field: "model", message: "Model is required" },
    },
  });
});

Deno.test("a whole answer has the members of the document, and others only where there are any", () => {
  const plain = openrouterSocket.encodeWhole(
    [START, text("Hello"), finish("stop"), USAGE],
    OPTIONS,
  );
  assertEquals(plain.type, "inference_response");
  assertEquals(plain.data, {
    content: "Hello",
    finish_reason: "stop",
    usage: { prompt_tokens: 10, completion_tokens: 15, total_tokens: 25 },
    ...IDENTITY,
  });
  const rich = openrouterSocket.encodeWhole([
    START,
    part(0, { type: "reasoning", text: "hm" }),
    part(1, { type: "tool_call", callId: "c1", name: "look_up", kind: "function", input: "{}" }),
    { type: "native", choice: 0, format: "openai_chat", name: "images", value: [{ url: "data:" }] },
    { type: "logprobs", choice: 0, content: [{ token: "a" }] },
  ], OPTIONS);
  assertEquals(rich.data, {
    content: "",
    reasoning: "hm",
    reasoning_details: [{ type: "reasoning.text", text: "hm", index: 0 }],
    tool_calls: [{ id: "c1", type: "function", function: { name: "look_up", arguments: "{}" } }],
    images: [{ url: "data:" }],
    logprobs: { content: [{ token: "a" }], refusal: null },
    finish_reason: null,
    ...IDENTITY,
  });
});
