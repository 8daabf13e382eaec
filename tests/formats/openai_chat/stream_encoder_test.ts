import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { ChatEvent, ToolCallPart } from "../../../src/core/chat/chat.ts";
import type { EncodeOptions, StreamEnding } from "../../../src/core/format.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { ENCODE_OPTIONS } from "../stream_cases.ts";

const COMPLETE: StreamEnding = { kind: "complete" };
const FINISH: ChatEvent = { type: "finish", choice: 0, reason: "stop", raw: "stop" };

const utf8 = new TextDecoder();

/** All of a text, as a block of its own. */
function text(choice: number, content: string, block = choice): ChatEvent {
  return { type: "block_start", choice, block, part: { type: "text", text: content } };
}

function call(block: number, named: Omit<ToolCallPart, "type" | "input">): ChatEvent {
  return {
    type: "block_start",
    choice: 0,
    block,
    part: { type: "tool_call", input: "", ...named },
  };
}

function more(block: number, content: string): ChatEvent {
  return { type: "block_delta", block, text: content };
}

function encode(
  events: readonly ChatEvent[],
  ending: StreamEnding,
  options: Partial<EncodeOptions> = {},
): string {
  const encoder = openaiChat.answer.streamEncoder({ ...ENCODE_OPTIONS, ...options });
  return utf8.decode(encoder.encode(events)) + utf8.decode(encoder.close(ending));
}

/** The parsed data of each event but the end mark. */
function chunksOf(stream: string): readonly JsonObject[] {
  return stream.split("\n\n").filter((event) => event.startsWith("data: {"))
    .map((event) => JSON.parse(event.slice("data: ".length)));
}

/** The first choice of each chunk. */
function choicesOf(stream: string): readonly JsonObject[] {
  return chunksOf(stream).flatMap(({ choices }) =>
    Array.isArray(choices) && isJsonObject(choices[0]) ? [choices[0]] : []
  );
}

Deno.test("StreamEncoder writes the role once a choice, before anything else of it", () => {
  const stream = encode([text(0, "a"), text(1, "b"), more(0, "c"), FINISH], COMPLETE);
  assertEquals(choicesOf(stream).map(({ index, delta }) => [index, delta]), [
    [0, { role: "assistant", content: "" }],
    [0, { content: "a" }],
    [1, { role: "assistant", content: "" }],
    [1, { content: "b" }],
    [0, { content: "c" }],
    [0, {}],
  ]);
});

Deno.test("StreamEncoder writes a role and a finish for a choice that said nothing", () => {
  const [role, finish] = choicesOf(encode([FINISH], COMPLETE));
  assertEquals(role?.["delta"], { role: "assistant", content: "" });
  assertEquals(finish, { index: 0, delta: {}, logprobs: null, finish_reason: "stop" });
});

Deno.test("StreamEncoder writes the last finish reason, once and at the end", () => {
  const stream = encode([
    { ...FINISH, reason: "length", raw: "length" },
    text(0, "a"),
    FINISH,
  ], COMPLETE);
  const reasons = choicesOf(stream).map((choice) => choice["finish_reason"]);
  assertEquals(reasons, [null, null, "stop"]);
});

Deno.test("StreamEncoder writes usage only for a client that asked for it", () => {
  const usage = { inputTokens: 1, outputTokens: 2, totalTokens: 3 };
  const events: readonly ChatEvent[] = [text(0, "a"), FINISH, { type: "usage", usage }];
  const asked = chunksOf(encode(events, COMPLETE));
  assertEquals(asked.map((chunk) => chunk["usage"]), [null, null, null, {
    prompt_tokens: 1,
    completion_tokens: 2,
    total_tokens: 3,
  }]);
  assertEquals(asked.at(-1)?.["choices"], []);
  const notAsked = chunksOf(encode(events, COMPLETE, { includeUsage: false }));
  assert(notAsked.every((chunk) => !("usage" in chunk)));
});

Deno.test("StreamEncoder names the upstream's id, model and time, and its own without them", () => {
  const start: ChatEvent = { type: "start", id: "theirs", createdSeconds: 7 };
  const [chunk] = chunksOf(encode([start, text(0, "a")], COMPLETE));
  const { id, model, created } = chunk!;
  assertEquals({ id, model, created }, { id: "theirs", model: "asked-model", created: 7 });
});

Deno.test("StreamEncoder escapes what some clients take for the end of a line (T20)", () => {
  const line = 'a\u0085b\u2028c\u2029d\ne\r"\\\0';
  const stream = encode([text(0, line)], COMPLETE);
  assertEquals(choicesOf(stream)[1]?.["delta"], { content: line });
  assert(!/[\u0085\u2028\u2029\r\0]/.test(stream));
  assertStringIncludes(stream, String.raw`a\u0085b\u2028c\u2029d\ne\r`);
});

Deno.test("StreamEncoder gives a call an id where its upstream gave none", () => {
  const stream = encode([
    call(0, { callId: "", kind: "function", name: "f" }),
    call(1, { callId: "c", kind: "custom", name: "shell" }),
    more(1, "ls"),
  ], COMPLETE);
  const deltas = choicesOf(stream).slice(1).map(({ delta }) => delta);
  const calls = [
    {
      index: 0,
      id: "call_chatcmpl-weir_0_0",
      type: "function",
      function: { name: "f", arguments: "" },
    },
    { index: 1, id: "c", type: "custom", custom: { name: "shell", input: "" } },
    { index: 1, custom: { input: "ls" } },
  ];
  assertEquals<unknown>(deltas, calls.map((call) => ({ tool_calls: [call] })));
});

Deno.test("StreamEncoder ends a failed stream with its error, without a finish and an end mark", () => {
  const error = new GatewayError("upstream_timeout", "No data for 30000 ms");
  const stream = encode([text(0, "a"), FINISH], { kind: "failed", error });
  assertEquals(stream.includes("[DONE]"), false);
  const chunks = chunksOf(stream);
  assertEquals(chunks.at(-1), {
    error: {
      message: "No data for 30000 ms",
      type: "upstream_error",
      param: null,
      code: "upstream_timeout",
    },
  });
  assert(choicesOf(stream).every((choice) => choice["finish_reason"] === null));
});

Deno.test("StreamEncoder keeps a stream alive with what no client trips over (T23, T24)", () => {
  const encoder = openaiChat.answer.streamEncoder(ENCODE_OPTIONS);
  assertEquals(utf8.decode(encoder.keepAlive("comment")), ": keep-alive\n");
  const choices = choicesOf(utf8.decode(encoder.keepAlive("chunk")));
  assertEquals(choices, [{ index: 0, delta: {}, logprobs: null, finish_reason: null }]);
});

Deno.test("StreamEncoder writes reasoning under every name, and its seal where clients send it back from", () => {
  const seal = { value: "c2ln", issuer: "anthropic_messages" };
  const stream = encode([
    { type: "block_start", choice: 0, block: 0, part: { type: "reasoning", text: "" } },
    more(0, "Hm"),
    more(0, "."),
    { type: "block_seal", block: 0, seal },
    { type: "block_end", block: 0 },
    {
      type: "block_start",
      choice: 0,
      block: 1,
      part: { type: "sealed", seal: { value: "eA==", issuer: "openai_responses" } },
    },
    { type: "block_end", block: 1 },
    text(0, "Hi", 2),
    FINISH,
  ], COMPLETE);
  const named = (text: string) => ({ reasoning_content: text, reasoning: text });
  const detail = (rest: JsonObject) => ({
    reasoning_details: [{ type: "reasoning.text", ...rest, index: 0 }],
  });
  assertEquals<unknown>(choicesOf(stream).slice(1).map(({ delta }) => delta), [
    { ...named("Hm"), ...detail({ text: "Hm" }) },
    { ...named("."), ...detail({ text: "." }) },
    detail({ signature: "c2ln", format: "anthropic-claude-v1" }),
    {
      reasoning_details: [{
        type: "reasoning.encrypted",
        data: "eA==",
        format: "openai-responses-v1",
        index: 1,
      }],
    },
    { content: "Hi" },
    {},
  ]);
});

Deno.test("StreamEncoder writes pages that are cited, and nothing that is another format's alone", () => {
  const native = { format: "anthropic_messages", value: { type: "char_location" } };
  const stream = encode([
    text(0, "a"),
    { type: "block_citation", block: 0, citation: { native } },
    {
      type: "block_citation",
      block: 0,
      citation: { url: "https://a.example/", title: "A", native },
    },
    { type: "native", choice: 0, format: "anthropic_messages", name: "container", value: {} },
    {
      type: "block_start",
      choice: 0,
      block: 1,
      part: { type: "native", format: "anthropic_messages", name: "server_tool_use", value: {} },
    },
    FINISH,
  ], COMPLETE);
  const cited = { start_index: 0, end_index: 0, url: "https://a.example/", title: "A" };
  assertEquals<unknown>(choicesOf(stream).slice(2).map(({ delta }) => delta), [
    { annotations: [{ type: "url_citation", url_citation: cited }] },
    {},
  ]);
});

Deno.test("StreamEncoder says which sequence stopped it, and why a model refused", () => {
  const stopped = encode([{ ...FINISH, stopSequence: "END" }], COMPLETE);
  assertEquals(choicesOf(stopped).at(-1)?.["stop_reason"], "END");
  const refused = choicesOf(encode([{
    ...FINISH,
    reason: "content_filter",
    raw: "refusal",
    explanation: "No.",
  }], COMPLETE));
  assertEquals(refused.slice(1).map(({ delta, finish_reason }) => [delta, finish_reason]), [
    [{ refusal: "No." }, null],
    [{}, "content_filter"],
  ]);
});
