/** Requests in neutral form, written for Ollama. */

import { assertEquals, assertThrows } from "@std/assert";
import type { ChatRequest, Part } from "../../../src/core/chat/chat.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { ollamaEmbed } from "../../../src/formats/ollama/embeddings/embeddings.ts";
import { ollamaChat, ollamaGenerate } from "../../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

const PNG = "iVBORw0KGgo=";
const PLAIN: ChatRequest = {
  model: "llama3.2",
  messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
  stream: false,
  natives: [],
};

function encode(request: Partial<ChatRequest>) {
  return ollamaChat.encodeRequest({ ...PLAIN, ...request });
}

function encodeParts(...parts: readonly Part[]) {
  return encode({ messages: [{ role: "user", parts }] });
}

Deno.test("a plain request says whether it is a stream, and no more than it must", () => {
  assertEquals(encode({}), {
    body: { model: "llama3.2", messages: [{ role: "user", content: "Hi" }], stream: false },
    warnings: [],
  });
});

Deno.test("settings become options", () => {
  const { body, warnings } = encode({
    stream: true,
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    seed: 1,
    stop: ["a"],
    maxOutputTokens: 9,
    outputFormat: { type: "json_schema", schema: { type: "object" } },
    logprobs: true,
    topLogprobs: 1,
    natives: [
      { format: "ollama_chat", name: "keep_alive", value: "5m" },
      { format: "ollama_chat", name: "options.num_ctx", value: 4096 },
      { format: "openai_chat", name: "presence_penalty", value: 1 },
      { format: "openai_chat", name: "options", value: { mirostat: 1 } },
      { format: "openai_chat", name: "logit_bias", value: {} },
    ],
  });
  assertEquals(body, {
    keep_alive: "5m",
    model: "llama3.2",
    messages: [{ role: "user", content: "Hi" }],
    stream: true,
    format: { type: "object" },
    logprobs: true,
    top_logprobs: 1,
    options: {
      num_ctx: 4096,
      presence_penalty: 1,
      mirostat: 1,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      seed: 1,
      stop: ["a"],
      num_predict: 9,
    },
  });
  assertEquals(warnings, [
    `"logit_bias" is left out: ollama_chat has no word for what is openai_chat's`,
  ]);
});

Deno.test("what clients of OpenAI's API add for Ollama alone goes to it", () => {
  const { body } = ollamaChat.encodeRequest(openaiChat.request.decode({
    model: "m",
    messages: [{ role: "user", content: "Hi" }],
    think: true,
    keep_alive: 300,
    num_ctx: 9000,
  }));
  assertEquals(
    [body["think"], body["keep_alive"], body["options"]],
    [true, 300, { num_ctx: 9000 }],
  );
});

Deno.test("a model is told to think only in words that it takes", () => {
  const thinkOf = (model: string, reasoning: ChatRequest["reasoning"]) =>
    encode({ model, reasoning: reasoning! }).body["think"];
  assertEquals(thinkOf("qwen3", { mode: "on" }), true);
  assertEquals(thinkOf("qwen3", { mode: "off" }), false);
  assertEquals(thinkOf("qwen3", { effort: "none" }), false);
  // A model that does not think refuses to be told to, and one that does thinks by itself.
  assertEquals(thinkOf("llama3.2", { mode: "adaptive" }), undefined);
  assertEquals(thinkOf("llama3.2", { effort: "medium" }), undefined);
  assertEquals(thinkOf("gpt-oss:20b", { effort: "xhigh" }), "high");
  assertEquals(thinkOf("gpt-oss:20b", { effort: "minimal" }), "low");
});

Deno.test("calls have objects, and results the names of their tools", () => {
  const { body, warnings } = encode({
    messages: [
      {
        role: "assistant",
        parts: [
          { type: "reasoning", text: "Hm" },
          { type: "tool_call", callId: "c1", kind: "function", name: "f", input: '{"a":1}' },
          { type: "tool_call", callId: "c2", kind: "custom", name: "g", input: "text" },
        ],
      },
      {
        role: "tool",
        parts: [
          {
            type: "tool_result",
            callId: "c2",
            parts: [{ type: "text", text: "2" }],
            isError: true,
          },
          {
            type: "tool_result",
            callId: "c1",
            parts: [{ type: "text", text: "1" }],
            isError: false,
          },
        ],
      },
    ],
  });
  assertEquals(body["messages"], [
    {
      role: "assistant",
      content: "",
      thinking: "Hm",
      tool_calls: [
        { id: "c1", function: { index: 0, name: "f", arguments: { a: 1 } } },
        { id: "c2", function: { index: 1, name: "g", arguments: { input: "text" } } },
      ],
    },
    { role: "tool", content: "Error:\n2", tool_name: "g", tool_call_id: "c2" },
    { role: "tool", content: "1", tool_name: "f", tool_call_id: "c1" },
  ]);
  assertEquals(warnings.length, 1);
});

Deno.test("images are base64 alone", () => {
  const images = encodeParts(
    { type: "text", text: "a" },
    { type: "media", kind: "image", source: { type: "inline", mediaType: "image/png", data: PNG } },
    { type: "media", kind: "image", source: { type: "url", url: `data:image/png;base64,${PNG}` } },
    { type: "media", kind: "document", name: "n", source: { type: "text", text: "b" } },
  );
  assertEquals(images.body["messages"], [
    { role: "user", content: "a\nn\n\nb", images: [PNG, PNG] },
  ]);
  const refused: readonly Part[] = [
    { type: "media", kind: "image", source: { type: "url", url: "https://x.test/a.png" } },
    { type: "media", kind: "audio", source: { type: "inline", mediaType: "a/b", data: PNG } },
    { type: "media", kind: "image", source: { type: "file", id: "f", issuer: "openai_chat" } },
  ];
  for (const part of refused) assertThrows(() => encodeParts(part), GatewayError);
});

Deno.test("of a choice of tools what can be said is said", () => {
  const tools = ["f", "g"].map((name) => ({ kind: "function", name } as const));
  const schema = { type: "object", properties: {} };
  const written = (name: string) => ({ type: "function", function: { name, parameters: schema } });
  assertEquals(encode({ tools }).body["tools"], [written("f"), written("g")]);
  assertEquals(encode({ tools, toolChoice: "none" }).body["tools"], undefined);
  const named = encode({ tools, toolChoice: { name: "g" }, parallelToolCalls: false });
  assertEquals(named.body["tools"], [written("g")]);
  assertEquals(named.warnings.length, 2);
});

Deno.test("what would be another question is refused", () => {
  assertThrows(() => encode({ choices: 2 }), GatewayError, `"n" must be 1`);
  assertThrows(() => ollamaGenerate.encodeRequest(PLAIN), GatewayError, "no conversation");
});

Deno.test("embeddings are asked for and read", () => {
  assertEquals(
    ollamaEmbed.encodeEmbeddings!({
      model: "m",
      inputs: ["a"],
      dimensions: 3,
      natives: [
        { format: "ollama_embed", name: "keep_alive", value: 1 },
        { format: "openai_embeddings", name: "x", value: 1 },
      ],
    }),
    {
      body: { keep_alive: 1, model: "m", input: ["a"], dimensions: 3 },
      warnings: [`"x" is left out: ollama_embed has no word for what is openai_embeddings's`],
    },
  );
  assertEquals(
    ollamaEmbed.decodeVectors!({ model: "m", embeddings: [[1, 2]], prompt_eval_count: 4 }),
    {
      vectors: [[1, 2]],
      model: "m",
      usage: { inputTokens: 4, outputTokens: 0, totalTokens: 4 },
    },
  );
  assertThrows(() => ollamaEmbed.decodeVectors!({ embeddings: [null] }), GatewayError);
});
