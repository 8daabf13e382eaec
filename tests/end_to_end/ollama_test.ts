/**
 * Ollama's API through the real entry: the requests of clients that look for an Ollama, as they send them, and
 * what an Ollama behind Weir is sent.
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import type { JsonObject } from "../../src/core/text/json.ts";
import { checkOllamaStream } from "../formats/ollama/stream_checker.ts";
import { type Program, startProgram } from "../support/program.ts";
import { startOllama } from "../support/providers/ollama.ts";
import type { StandIn } from "../support/providers/stand_in.ts";

const HI = [{ role: "user", content: "Hi" }];
const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    description: "d",
    parameters: { type: "object", properties: {} },
  },
};

function post(weir: Program, path: string, body: object, headers: HeadersInit = {}) {
  return fetch(weir.url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function lines(response: Response): Promise<readonly JsonObject[]> {
  const text = await response.text();
  assertEquals(response.headers.get("content-type"), "application/x-ndjson", text);
  return text.trimEnd().split("\n").map((line) => JSON.parse(line));
}

function get(weir: Program, path: string, headers: HeadersInit = {}): Promise<Response> {
  return fetch(weir.url + path, { headers });
}

/** What each client asks for, as it asks. */
const CLIENTS: Readonly<Record<string, (weir: Program) => Promise<void>>> = {
  "the address itself answers in words, and JSON in links": async (weir) => {
    assertEquals(await (await get(weir, "/")).text(), "Ollama is running");
    const head = await fetch(`${weir.url}/`, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length")], [200, "17"]);
    await head.body?.cancel();
    const { links } = await (await get(weir, "/", { accept: "application/json" })).json();
    assertEquals(links.models, "/v1/models");
  },
  "VS Code: version, tags, show for each, then OpenAI's chat": async (weir) => {
    const { version } = await (await get(weir, "/api/version")).json();
    const [major, minor] = version.split(".").map(Number);
    assert(major > 0 || minor >= 7, version);
    const { models } = await (await get(weir, "/api/tags")).json();
    assertEquals(models.map(({ name }: JsonObject) => name), [
      "house",
      "fake-model",
      "fake-lab/fake-model",
    ]);
    for (const { model, digest, modified_at, size } of models) {
      assert(/^[0-9a-f]{64}$/.test(digest) && !Number.isNaN(Date.parse(modified_at)));
      assertEquals(typeof size, "number");
      const headers = { "content-type": "application/json" };
      const shown = await (await post(weir, "/api/show", { model }, headers)).json();
      assert(shown.capabilities.includes("tools"));
      assertEquals(typeof shown.model_info["general.architecture"], "string");
      assertEquals(typeof shown.model_info["general.basename"], "string");
    }
    const chat = await post(weir, "/v1/chat/completions", {
      model: "house",
      messages: HI,
      stream: true,
      tools: [WEATHER],
    }, { "content-type": "application/json" });
    assertStringIncludes(await chat.text(), "data: [DONE]");
  },
  "Open WebUI: tags, version, ps, a streamed chat with its options": async (weir) => {
    assertEquals(await (await get(weir, "/api/ps")).json(), { models: [] });
    const body = { model: "house", messages: HI, stream: true, options: {}, keep_alive: "5m" };
    const headers = { "content-type": "application/json" };
    const response = await post(weir, "/api/chat", body, headers);
    assertStringIncludes(response.headers.get("x-weir-warning") ?? "", "keep_alive");
    const text = await response.text();
    assertEquals(checkOllamaStream(text), []);
    const [first, second, last] = text.split("\n").map((line) => JSON.parse(line || "{}"));
    assertEquals([first.message.content, second.message.content], ["hello", " world"]);
    assertEquals([last.done, last.done_reason, last.eval_count], [true, "stop", 2]);
    assert(last.total_duration > 0 && last.eval_duration + last.prompt_eval_duration > 0);
  },
  "Home Assistant: tags, pull, chat with tools, keep_alive each time": async (weir) => {
    const pulled = await lines(await post(weir, "/api/pull", { model: "house:latest" }));
    assertEquals(pulled.at(-1), { status: "success" });
    const ask = (messages: readonly JsonObject[]) =>
      post(weir, "/api/chat", {
        model: "house:latest",
        messages,
        tools: [WEATHER],
        stream: true,
        options: { num_ctx: 8192 },
        keep_alive: "-1s",
        think: false,
      });
    const prompt = { role: "user", content: "[tool=get_weather {}]" };
    const said = await lines(await ask([{ role: "system", content: "You are a house" }, prompt]));
    const calls = said.flatMap(({ message }) => (message as JsonObject)["tool_calls"] ?? []);
    assertEquals(calls.length, 1);
    const { function: called } = calls[0] as { readonly function: JsonObject };
    assertEquals([called["name"], called["arguments"]], ["get_weather", {}]);
    const answered = await lines(
      await ask([
        prompt,
        { role: "assistant", content: "", tool_calls: [{ function: called }] },
        { role: "tool", content: '{"weather":"rain"}' },
      ]),
    );
    assertEquals(
      answered.map(({ message }) => (message as JsonObject)["content"]).join(""),
      "hello world",
    );
  },
  "curl, which calls its JSON a form: generate, load, unload": async (weir) => {
    const generated = await lines(
      await post(weir, "/api/generate", { model: "house", prompt: "Hi" }),
    );
    assertEquals(generated.map(({ response }) => response).join(""), "hello world");
    const load = await (await post(weir, "/api/generate", { model: "house" })).json();
    assertEquals([load.done, load.done_reason, load.response], [true, "load", ""]);
    const unload = { model: "house", messages: [], keep_alive: 0 };
    assertEquals((await (await post(weir, "/api/chat", unload)).json()).done_reason, "unload");
  },
  "what is wrong is said in Ollama's words": async (weir) => {
    const cases: readonly (readonly [string, string, object | undefined, number, string])[] = [
      ["POST", "/api/show", { model: "nobody" }, 404, "model 'nobody' not found"],
      ["POST", "/api/pull", { model: "nobody" }, 404, "model 'nobody' not found"],
      ["POST", "/api/chat", { messages: HI }, 400, "model is required"],
      ["POST", "/api/chat", { model: "house", messages: "Hi" }, 400, "messages"],
      ["POST", "/api/generate", { model: "house", prompt: "a", suffix: "b" }, 400, "insert"],
      ["GET", "/api/chat", undefined, 405, "POST"],
      ["POST", "/api/create", { model: "x" }, 501, "not implemented"],
      ["DELETE", "/api/delete", { model: "x" }, 501, "not implemented"],
      ["HEAD", "/api/blobs/sha256:00", undefined, 501, ""],
      [
        "POST",
        "/api/chat",
        { model: "house", messages: [{ role: "user", content: "[429]" }] },
        429,
        "requests",
      ],
    ];
    for (const [method, path, body, status, words] of cases) {
      const response = await fetch(weir.url + path, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      assertEquals(response.status, status, `${method} ${path}`);
      const text = await response.text();
      if (method === "HEAD") continue;
      const { error } = JSON.parse(text);
      assertStringIncludes(error, words);
    }
    // What lies below is another API's.
    const catalog = await get(weir, "/api/v1/models");
    await catalog.body?.cancel();
    assertEquals(catalog.status, 200);
  },
  "a failure in the middle of a stream is its last line": async (weir) => {
    const messages = [{ role: "user", content: "[error=2]" }];
    const text = await (await post(weir, "/api/chat", { model: "house", messages })).text();
    assertEquals(checkOllamaStream(text), []);
    assertEquals(Object.keys(JSON.parse(text.split("\n").at(-2) ?? "")), ["error"]);
  },
};

Deno.test("clients that look for an Ollama find one", async (test) => {
  await using weir = await startProgram({
    env: { MODEL_ALIASES: "house=fake/fake-model", MAX_RETRIES: "0" },
  });
  for (const [name, step] of Object.entries(CLIENTS)) await test.step(name, () => step(weir));
});

const JSON_TYPE = { "content-type": "application/json" };

/** What an Ollama is sent for what. */
const ASKED: Readonly<Record<string, (weir: Program, ollama: StandIn) => Promise<void>>> = {
  "its own clients' bytes pass, and its answers'": async (weir, ollama) => {
    const body = '{ "model":"fake-model", "messages":[{"role":"user","content":"Hi"}], "x":1e400 }';
    const sent = await fetch(`${weir.url}/api/chat`, { method: "POST", headers: JSON_TYPE, body });
    const text = await sent.text();
    assertEquals(new TextDecoder().decode(ollama.requests.at(-1)?.body), body);
    assertEquals(
      ollama.requests.at(-1)?.headers.get("authorization"),
      "Bearer sk-ollama-of-the-test",
    );
    const direct = await fetch(`${ollama.origin}/api/chat`, { method: "POST", body });
    assertEquals(text, await direct.text());
  },
  "Messages and Responses are translated into its own API": async (weir, ollama) => {
    const message = await post(weir, "/v1/messages", {
      model: "fake-model",
      max_tokens: 99,
      thinking: { type: "enabled", budget_tokens: 2000 },
      messages: [{ role: "user", content: "[reasoning=Hm]" }],
    }, { ...JSON_TYPE, "anthropic-version": "2023-06-01" });
    const { content } = await message.json();
    assertEquals(content.map(({ type }: JsonObject) => type), ["thinking", "text"]);
    assertEquals([
      ollama.requests.at(-1)?.path,
      ollama.requests.at(-1)?.json["think"],
      ollama.requests.at(-1)?.json["options"],
    ], [
      "/api/chat",
      true,
      { num_predict: 99 },
    ]);
    const response = await post(
      weir,
      "/v1/responses",
      { model: "fake-model", input: "Hi" },
      JSON_TYPE,
    );
    assertEquals((await response.json()).status, "completed");
    assertEquals(ollama.requests.at(-1)?.path, "/api/chat");
  },
  "OpenAI's chats go to its /v1, unless they ask for what that cannot say": async (
    weir,
    ollama,
  ) => {
    const chat = { model: "fake-model", messages: HI };
    await (await post(weir, "/v1/chat/completions", chat, JSON_TYPE)).text();
    assertEquals(ollama.requests.at(-1)?.path, "/v1/chat/completions");
    for (const own of [{ think: false }, { keep_alive: "1m" }, { options: { num_ctx: 9 } }]) {
      const answered = await post(weir, "/v1/chat/completions", { ...chat, ...own }, JSON_TYPE);
      assertEquals((await answered.json()).choices[0].message.content, "hello world");
      assertEquals(ollama.requests.at(-1)?.path, "/api/chat");
      const [name = "", value] = Object.entries(own)[0] ?? [];
      assertEquals(ollama.requests.at(-1)?.json[name], value as JsonObject);
    }
  },
  "embeddings of both APIs, each at its own address": async (weir, ollama) => {
    const openai = await post(
      weir,
      "/v1/embeddings",
      { model: "fake-model", input: "a" },
      JSON_TYPE,
    );
    assertEquals((await openai.json()).data[0].embedding.length, 8);
    assertEquals(ollama.requests.at(-1)?.path, "/v1/embeddings");
    const old = await post(weir, "/api/embeddings", { model: "fake-model", prompt: "a" });
    assertEquals((await old.json()).embedding.length, 8);
    assertEquals(ollama.requests.at(-1)?.path, "/api/embed");
  },
  "its list tells what its models can do": async (weir) => {
    const { models: [model] } = await (await fetch(`${weir.url}/api/tags`)).json();
    assertEquals(model.details.family, "fake");
    assertEquals(model.capabilities, ["completion", "tools", "vision", "thinking"]);
    const shown = await (await post(weir, "/api/show", { name: "fake-model" })).json();
    assertEquals(shown.model_info["fake.context_length"], 131_072);
    const { data: [listed] } = await (await fetch(`${weir.url}/v1/models`)).json();
    assertEquals(listed.context_length, 131_072);
  },
};

Deno.test("an Ollama behind Weir is asked in its own words", async (test) => {
  await using ollama = startOllama();
  const OLLAMA_HOST = `${new URL(ollama.origin).host}/`;
  const env = { OLLAMA_HOST, OLLAMA_API_KEY: "sk-ollama-of-the-test" };
  await using weir = await startProgram({ env });
  for (const [name, step] of Object.entries(ASKED)) await test.step(name, () => step(weir, ollama));
});
