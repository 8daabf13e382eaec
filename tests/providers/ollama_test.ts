/** Ollama as a provider: where it is, what it is sent, what its list tells. */

import { assertEquals, assertThrows } from "@std/assert";
import { ollamaEmbed } from "../../src/formats/ollama/embeddings/embeddings.ts";
import { ollamaChat } from "../../src/formats/ollama/mod.ts";
import { openaiChat } from "../../src/formats/openai_chat/mod.ts";
import { ollama } from "../../src/providers/ollama/ollama.ts";
import { ollamaAddress } from "../../src/providers/ollama/ollama_host.ts";

function providerOf(options: object = {}) {
  const [provider] = ollama.create(ollama.options.parse({ host: "box:1234", ...options }));
  if (provider === undefined) throw new Error("It is off");
  return provider;
}

Deno.test("OLLAMA_HOST is read in the forms that Ollama's own clients read", () => {
  const cases: Readonly<Record<string, string | undefined>> = {
    "box": "http://box:11434",
    "box:1234": "http://box:1234",
    ":1234": "http://127.0.0.1:1234",
    "0.0.0.0": "http://127.0.0.1:11434",
    "0.0.0.0:1234": "http://127.0.0.1:1234",
    "http://0.0.0.0:1234": "http://127.0.0.1:1234",
    "::": "http://[::1]:11434",
    "[::]:1234": "http://[::1]:1234",
    "::1": "http://[::1]:11434",
    "[::1]": "http://[::1]:11434",
    "192.168.0.9": "http://192.168.0.9:11434",
    "http://box": "http://box",
    "https://ollama.com": "https://ollama.com",
    "https://ollama.com:443/": "https://ollama.com",
    "https://proxy.test/ollama/": "https://proxy.test/ollama",
    "http://box:11434/v1": "http://box:11434",
    "http://box:11434/api/": "http://box:11434",
    "box:1234/": "http://box:1234",
    ' "box" ': "http://box:11434",
    "ftp://box": undefined,
    "a b": undefined,
    "user@box": undefined,
    "": undefined,
  };
  for (const [text, address] of Object.entries(cases)) {
    assertEquals(ollamaAddress(text), address, text);
  }
  assertEquals(ollama.create(ollama.options.parse({})), []);
  assertThrows(() => ollama.options.parse({ host: "http://user:secret@box" }), Error, "password");
  assertThrows(() => ollama.options.parse({ host: "box", keepAlive: "soon" }), Error, "seconds");
});

Deno.test("each format has its address", () => {
  const urlOf = (operation: "chat" | "embeddings", format: typeof ollamaChat) =>
    providerOf().prepare({
      id: "1",
      operation,
      model: "m",
      wantsStream: true,
      format,
      headers: [],
      body: new Uint8Array(),
    }).url.href;
  assertEquals(urlOf("chat", ollamaChat), "http://box:1234/api/chat");
  assertEquals(urlOf("chat", openaiChat), "http://box:1234/v1/chat/completions");
  assertEquals(urlOf("embeddings", ollamaEmbed), "http://box:1234/api/embed");
});

Deno.test("what OpenAI's chats cannot say takes them off the list, for one request or for all", () => {
  const { formats, unfitFormats } = providerOf();
  assertEquals(formats.chat?.map(({ name }) => name), [
    "ollama_chat",
    "openai_chat",
    "ollama_generate",
  ]);
  assertEquals(unfitFormats?.({ messages: [] }), []);
  assertEquals(unfitFormats?.({ think: false }), ["openai_chat"]);
  for (const options of [{ contextLength: 8192 }, { keepAlive: "5m" }]) {
    const names = providerOf(options).formats.chat?.map(({ name }) => name);
    assertEquals(names, ["ollama_chat", "ollama_generate"]);
  }
});

Deno.test("what the operator has set holds where the request says nothing", () => {
  const { adapt } = providerOf({ contextLength: 8192, keepAlive: "-1" });
  assertEquals(adapt("chat", { model: "m" }, ollamaChat), {
    model: "m",
    options: { num_ctx: 8192 },
    keep_alive: -1,
  });
  const own = { model: "m", options: { num_ctx: 1, seed: 2 }, keep_alive: "1m" };
  assertEquals(adapt("chat", own, ollamaChat), own);
  assertEquals(adapt("chat", { model: "m" }, openaiChat), { model: "m" });
  const { adapt: plain } = providerOf();
  assertEquals(plain("chat", own, ollamaChat), own);
});

Deno.test("its list tells what models are, and has them under their whole names", () => {
  const provider = providerOf();
  const [model] = provider.decodeModels({
    models: [{
      name: "llama3.2:latest",
      model: "llama3.2:latest",
      modified_at: "2025-05-04T17:37:44.706015396-07:00",
      size: 3825819519,
      digest: "fe938a131f40e6f6d40083c9f0f430a515233eb2edaa6d72eb85c50d64f2300e",
      details: { family: "llama", parameter_size: "3.2B", context_length: 131072 },
      capabilities: ["completion", "tools"],
    }],
  });
  assertEquals([model?.id, model?.created], ["llama3.2:latest", 1746405464]);
  assertEquals(model?.facts, {
    contextTokens: 131072,
    tools: true,
    vision: false,
    thinking: false,
    embedding: false,
  });
  assertEquals(model?.more["size"], 3825819519);
  const ids = new Set(["llama3.2:latest"]);
  assertEquals([provider.listsAs?.("llama3.2", ids), provider.listsAs?.("llama3", ids)], [
    true,
    false,
  ]);
});

Deno.test("its errors are its own, and OpenAI's where it is asked in that", () => {
  const { cleanError } = providerOf();
  const own = { error: "model 'm' not found" };
  assertEquals(cleanError(own, 404, ollamaChat), own);
  assertEquals(cleanError({ message: "Bad gateway" }, 502, ollamaChat), { error: "Bad gateway" });
  const { error } = cleanError(own, 404, openaiChat);
  assertEquals(typeof error === "object" && error !== null && "message" in error, true);
});
