/** Requests of Ollama's clients, read. */

import { assertEquals, assertThrows } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { JsonObject } from "../../../src/core/text/json.ts";
import {
  ollamaEmbed,
  ollamaEmbeddings,
} from "../../../src/formats/ollama/embeddings/embeddings.ts";
import { ollamaChat, ollamaGenerate } from "../../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../../src/formats/openai_chat/mod.ts";

const PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";
const HI = [{ role: "user", content: "Hi" }];
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "The weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};

function decode(body: JsonObject) {
  return ollamaChat.request.decode({ model: "m", messages: HI, ...body });
}

Deno.test("a chat is a stream unless it says otherwise", () => {
  assertEquals(decode({}), {
    model: "m",
    stream: true,
    messages: [{ role: "user", parts: [{ type: "text", text: "Hi" }] }],
    natives: [],
  });
  assertEquals(decode({ stream: false }).stream, false);
  assertEquals(ollamaChat.request.facts({ model: "m" }).wantsStream, true);
});

Deno.test("options are read, what has no neutral word is named", () => {
  const { natives, messages: _, model: __, stream: ___, ...settings } = decode({
    options: {
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      seed: 7,
      stop: "END",
      num_predict: 99,
      presence_penalty: 0.1,
      num_ctx: 8192,
    },
    keep_alive: -1,
    format: "json",
    think: "high",
    logprobs: true,
    top_logprobs: 2,
  });
  assertEquals(settings, {
    temperature: 0.5,
    topP: 0.9,
    topK: 40,
    seed: 7,
    stop: ["END"],
    maxOutputTokens: 99,
    outputFormat: { type: "json_object" },
    reasoning: { effort: "high" },
    logprobs: true,
    topLogprobs: 2,
  });
  assertEquals(natives, [
    { format: "ollama_chat", name: "keep_alive", value: -1 },
    { format: "openai_chat", name: "presence_penalty", value: 0.1 },
    { format: "ollama_chat", name: "options.num_ctx", value: 8192 },
  ]);
});

Deno.test("bounds that are none are none", () => {
  for (const num_predict of [-1, -2]) {
    assertEquals(decode({ options: { num_predict } }).maxOutputTokens, undefined);
    const facts = ollamaChat.request.facts({ model: "m", options: { num_predict } });
    assertEquals(facts.maxOutputTokens, undefined);
  }
});

Deno.test("think is a switch or a word, format a word or a schema", () => {
  assertEquals(decode({ think: true }).reasoning, { mode: "on" });
  assertEquals(decode({ think: false }).reasoning, { mode: "off" });
  const schema = { type: "object", properties: {} };
  assertEquals(decode({ format: schema }).outputFormat, { type: "json_schema", schema });
  assertEquals(decode({ format: "" }).outputFormat, undefined);
});

Deno.test("keep_alive is taken in all its forms", () => {
  for (const keep_alive of [-1, "-1", "5m", 300, 0, "24h"]) {
    assertEquals(decode({ keep_alive }).natives.map(({ value }) => value), [keep_alive]);
  }
});

Deno.test("results find their calls by id, by name, and in order", () => {
  const { messages } = decode({
    messages: [
      ...HI,
      {
        role: "assistant",
        content: "",
        thinking: "Hm",
        tool_calls: [
          { function: { name: "a", arguments: { x: 1 } } },
          { id: "call_b", function: { name: "b", arguments: '{"y":2}' } },
          { function: { name: "c" } },
          { function: { name: "a", arguments: {} } },
        ],
      },
      { role: "tool", tool_name: "c", content: "of c" },
      { role: "tool", tool_call_id: "call_b", content: "of b" },
      { role: "tool", content: "of the first a" },
      { role: "tool", name: "a", content: "of the second a" },
    ],
  });
  const [, assistant, ...results] = messages;
  assertEquals(
    assistant?.parts.map((part) =>
      part.type === "tool_call" ? [part.callId, part.name, part.input] : part
    ),
    [
      { type: "reasoning", text: "Hm" },
      ["call_0", "a", '{"x":1}'],
      ["call_b", "b", '{"y":2}'],
      ["call_2", "c", "{}"],
      ["call_3", "a", "{}"],
    ],
  );
  assertEquals(
    results.flatMap(({ parts }) => parts.map((part) => "callId" in part ? part.callId : "")),
    ["call_2", "call_b", "call_0", "call_3"],
  );
});

Deno.test("a result whose call was cut off is told by the user", () => {
  const { messages: [message] } = decode({
    messages: [{ role: "tool", tool_name: "get_weather", content: "rain" }, ...HI],
  });
  assertEquals(message, {
    role: "user",
    parts: [
      { type: "text", text: "Result of the tool get_weather:" },
      { type: "text", text: "rain" },
    ],
  });
});

Deno.test("images are known by their first bytes", () => {
  const image = (data: string, mediaType: string) => ({
    type: "media",
    kind: "image",
    source: { type: "inline", mediaType, data },
  });
  const { messages: [message] } = decode({
    messages: [{
      role: "user",
      content: "What?",
      images: [PNG, "/9j/4AAQ", `data:image/webp;base64,${PNG}`],
    }],
  });
  assertEquals<unknown>(message?.parts.slice(1), [
    image(PNG, "image/png"),
    image("/9j/4AAQ", "image/jpeg"),
    image(PNG, "image/webp"),
  ]);
});

Deno.test("a prompt is a chat of one turn", () => {
  const request = ollamaGenerate.request.decode({
    model: "m",
    system: "Be brief",
    prompt: "Hi",
    images: [PNG],
    raw: true,
  });
  assertEquals(request.messages.map(({ role, parts }) => [role, parts.length]), [
    ["system", 1],
    ["user", 2],
  ]);
  assertEquals(request.natives.map(({ name }) => name), ["raw"]);
});

Deno.test("what is at fault is named", () => {
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{ messages: [] }, "messages"],
    [{ messages: [{ role: "user", content: [{ type: "text" }] }] }, "messages.0.content"],
    [{ messages: [{ role: "user", images: ["https://x.test/a.png"] }] }, "messages.0.images.0"],
    [
      { messages: [{ role: "assistant", tool_calls: [{ function: { name: "" } }] }] },
      "messages.0.tool_calls.0.function.name",
    ],
    [{ options: { temperature: "hot" } }, "options.temperature"],
    [{ options: { num_predict: 1.5 } }, "options.num_predict"],
    [{ format: "xml" }, "format"],
    [{ think: 3 }, "think"],
    [{ tools: [{ type: "function" }] }, "tools.0.function"],
    [{ stream: "yes" }, "stream"],
    [{ model: "" }, "model"],
  ];
  for (const [body, param] of cases) {
    const error = assertThrows(() => decode(body), GatewayError);
    assertEquals([error.kind, error.param], ["invalid_request", param]);
  }
  const error = assertThrows(
    () => ollamaGenerate.request.decode({ model: "m", prompt: "a", suffix: "b" }),
    GatewayError,
    "does not support insert",
  );
  assertEquals(error.param, "suffix");
});

Deno.test("a chat with a tool becomes one of OpenAI's", () => {
  const { body, warnings } = openaiChat.encodeRequest(
    decode({ tools: [WEATHER], stream: false, options: { frequency_penalty: 1, num_ctx: 1 } }),
  );
  assertEquals(body, {
    frequency_penalty: 1,
    model: "m",
    messages: HI,
    tools: [WEATHER],
  });
  assertEquals(warnings.length, 1);
  assertEquals(warnings[0]?.includes("options.num_ctx"), true);
});

Deno.test("embeddings are read in both forms", () => {
  assertEquals(
    ollamaEmbed.request.decodeEmbeddings!({
      model: "m",
      input: ["a", "b"],
      dimensions: 2,
      truncate: true,
    }),
    {
      model: "m",
      inputs: ["a", "b"],
      dimensions: 2,
      natives: [{ format: "ollama_embed", name: "truncate", value: true }],
    },
  );
  const { inputs } = ollamaEmbeddings.request.decodeEmbeddings!({ model: "m", prompt: "a" });
  assertEquals(inputs, ["a"]);
  assertThrows(() => ollamaEmbed.request.decodeEmbeddings!({ model: "m", input: [1] }));
});
