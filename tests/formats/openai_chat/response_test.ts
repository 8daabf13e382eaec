import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";
import { answerOf } from "../expected_answer.ts";
import { decodeAll, decoderOf, ENCODE_OPTIONS } from "../stream_cases.ts";

const ANSWER: JsonObject = {
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1_790_000_000,
  model: "m",
  choices: [
    {
      index: 0,
      message: {
        role: "assistant",
        content: null,
        refusal: null,
        tool_calls: [
          { id: "a", type: "function", function: { name: "f", arguments: "{}" } },
          { id: "b", type: "custom", custom: { name: "shell", input: "ls" } },
        ],
      },
      logprobs: null,
      finish_reason: "tool_calls",
    },
    {
      index: 1,
      message: {
        role: "assistant",
        content: "A long text ".repeat(50),
        refusal: null,
        reasoning_content: "Hm.",
        reasoning: "Hm.",
        reasoning_details: [{ type: "reasoning.text", text: "Hm.", index: 0 }],
        annotations: [{ type: "url_citation", url_citation: { url: "https://a.example/" } }],
      },
      logprobs: {
        content: [{ token: "A", logprob: -1, bytes: [65], top_logprobs: [] }],
        refusal: null,
      },
      finish_reason: "length",
    },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
};

Deno.test("encodeWhole() writes what decodeWhole() read", () => {
  const events = openaiChat.decodeWhole(ANSWER);
  assertEquals(openaiChat.answer.encodeWhole(events, ENCODE_OPTIONS), ANSWER);
});

Deno.test("an answer streamed again says the same and is not chopped up (T27)", () => {
  const events = openaiChat.decodeWhole(ANSWER);
  const encoder = openaiChat.answer.streamEncoder(ENCODE_OPTIONS);
  const stream = [encoder.encode(events), encoder.close({ kind: "complete" })];
  const again = decodeAll(decoderOf({ dialect: "openai_chat" }), stream);
  assertEquals(answerOf(again), answerOf(events));
  assertEquals(
    again.filter((event) => event.type === "block_start" && event.part.type === "text").length,
    1,
  );
});

Deno.test("decodeWhole() takes each call of a message for one of its own", () => {
  const { choices } = answerOf(openaiChat.decodeWhole({
    choices: [{
      message: {
        tool_calls: [
          { id: "same", function: { name: "f", arguments: "1" } },
          { id: "same", function: { name: "f", arguments: "2" } },
        ],
        function_call: { name: "g", arguments: "3" },
      },
      finish_reason: "function_call",
    }],
  }));
  assertEquals(choices[0]?.toolCalls?.map(({ name, input }) => `${name}(${input})`), [
    "f(1)",
    "f(2)",
    "g(3)",
  ]);
  assertEquals(choices[0]?.finish, { reason: "tool_calls", raw: "function_call" });
});

Deno.test("encodeWhole() fills the gaps that an upstream left", () => {
  const body = openaiChat.answer.encodeWhole([
    { type: "block_start", choice: 0, block: 0, part: { type: "text", text: "Hi" } },
    {
      type: "block_start",
      choice: 0,
      block: 1,
      part: { type: "tool_call", callId: "", kind: "function", name: "f", input: "" },
    },
    { type: "finish", choice: 0, reason: "other", raw: "eos" },
    { type: "end" },
  ], ENCODE_OPTIONS);
  assertEquals(body, {
    id: "chatcmpl-weir",
    object: "chat.completion",
    created: 1_700_000_000,
    model: "asked-model",
    choices: [{
      index: 0,
      message: {
        role: "assistant",
        content: "Hi",
        refusal: null,
        tool_calls: [{
          id: "call_chatcmpl-weir_0_0",
          type: "function",
          function: { name: "f", arguments: "{}" },
        }],
      },
      logprobs: null,
      finish_reason: "eos",
    }],
  });
});

Deno.test("decodeWhole() refuses what is no answer", () => {
  const error = assertThrows(() => openaiChat.decodeWhole({ id: "x" }), GatewayError);
  assertEquals(error.kind, "upstream_invalid_response");
});
