import { assertEquals, assertStrictEquals } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { chatjimmy } from "../../src/formats/chatjimmy/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { openaiEmbeddings } from "../../src/formats/openai_embeddings/mod.ts";
import { providerOf } from "./providers_of.ts";

const CHAT: JsonObject = { model: "m", messages: [{ role: "user", content: "hi" }] };

Deno.test("adapt() of Venice drops what its schema does not have, and nothing else", () => {
  const { adapt } = providerOf({ VENICE_API_KEY: "k" });
  const kept = { ...CHAT, prompt_cache_key: "c", logprobs: true, user: "u" };
  const dropped = {
    audio: {},
    function_call: "auto",
    functions: [],
    logit_bias: {},
    modalities: ["text"],
    moderation: {},
    prediction: {},
    prompt_cache_options: {},
    safety_identifier: "s",
    service_tier: "auto",
    web_search_options: {},
  };
  const streaming = { stream: true, stream_options: { include_usage: true } };
  assertEquals(
    adapt("chat", {
      ...kept,
      ...dropped,
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
    }, openaiChat),
    { ...kept, ...streaming },
  );
});

Deno.test("adapt() returns the same object where there is nothing to change", () => {
  const bodies: readonly JsonObject[] = [
    CHAT,
    { ...CHAT, venice_parameters: { enable_web_search: "on" }, stream_options: {} },
    { ...CHAT, stream_options: null },
    { ...CHAT, models: ["a", "b"], provider: { order: ["x"] }, plugins: [], reasoning: {} },
  ];
  for (const variable of ["VENICE_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY"]) {
    const { adapt } = providerOf({ [variable]: "k" });
    for (const body of bodies) assertStrictEquals(adapt("chat", body, openaiChat), body, variable);
  }
});

Deno.test("adapt() of Venice drops the fields that it is told to, dotted ones within", () => {
  const fields = "prompt_cache_key, metadata.a.b,metadata.none,messages.length";
  const { adapt } = providerOf({ VENICE_API_KEY: "k", VENICE_DROP_FIELDS: fields });
  assertEquals(
    adapt("chat", {
      ...CHAT,
      prompt_cache_key: "c",
      logit_bias: {},
      metadata: { a: { b: 1, c: 2 }, d: 3 },
    }, openaiChat),
    { ...CHAT, logit_bias: {}, metadata: { a: { c: 2 }, d: 3 } },
  );
});

Deno.test("Venice is not asked for a stream's usage where stream_options are dropped", () => {
  const accepts = (fields: string) =>
    providerOf({ VENICE_API_KEY: "k", VENICE_DROP_FIELDS: fields }).acceptsStreamUsage;
  assertEquals([accepts("stream_options.include_obfuscation"), accepts("stream_options")], [
    true,
    false,
  ]);
});

Deno.test("adapt() of Venice asks for numbers where base64 was asked for (T52)", () => {
  const { adapt } = providerOf({ VENICE_API_KEY: "k" });
  const body = { model: "m", input: "hi" };
  const base64 = { ...body, encoding_format: "base64" };
  const float = { ...body, encoding_format: "float" };
  assertEquals(adapt("embeddings", base64, openaiEmbeddings), float);
  for (const same of [body, float]) {
    assertStrictEquals(adapt("embeddings", same, openaiEmbeddings), same);
  }
});

Deno.test("adapt() of chatjimmy fills in what the request does not bring", () => {
  const asked = (systemPrompt: string, rest: JsonObject = {}): JsonObject => ({
    messages: [],
    chatOptions: { selectedModel: "m", systemPrompt, ...rest },
    attachment: null,
  });
  const on = { CHATJIMMY: "on" };
  const withDefaults = { ...on, CHATJIMMY_TOP_K: "1" };
  const cases = [
    [on, asked(""), asked("")],
    [withDefaults, asked("Sing."), asked("Sing.", { topK: 1 })],
    [withDefaults, asked("Sing.", { topK: 8 }), asked("Sing.", { topK: 8 })],
  ] as const;
  for (const [environment, body, expected] of cases) {
    assertEquals(providerOf(environment).adapt("chat", body, chatjimmy), expected);
  }
});
