/**
 * The examples of the OpenRouter service's document, as it prints them: against the built-in fake LLM, and
 * against a stand-in for OpenRouter.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../../support/program.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";
import { completeExample, streamExample } from "./service_examples.js";

const HELLO = `{
  "model": "openai/gpt-4o",
  "messages": [
    {
      "role": "user",
      "content": "Hello, world!"
    }
  ],
  "temperature": 0.7,
  "max_tokens": 100,
  "stream": false
}`;
/** `STREAM` is `true` in the document. */
const STORY = `{
  "model": "openai/gpt-4o",
  "messages": [
    {
      "role": "user",
      "content": "Tell me a story"
    }
  ],
  "temperature": 0.7,
  "max_tokens": 500,
  "stream": STREAM
}`;
/** As `json=` of `requests` writes it. */
const PYTHON = `{"model": "openai/gpt-4o", "messages": [{"role": "user", ` +
  `"content": "Hello, world!"}], "temperature": 0.7, "max_tokens": 100}`;
const CURL = `{
    "model": "openai/gpt-4o",
    "messages": [
      {"role": "user", "content": "Hello, world!"}
    ],
    "temperature": 0.7,
    "max_tokens": 100
  }`;

interface Provider extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>;
  /** What it says to everything. */
  readonly text: string;
  /** A model of its list, and its provider. */
  readonly model: string;
  readonly maker: string;
  /** Whether its list tells what models are. */
  readonly describes: boolean;
}

function builtIn(): Provider {
  return {
    env: {},
    text: "hello world",
    model: "fake-lab/fake-model",
    maker: "fake-lab",
    describes: false,
    [Symbol.asyncDispose]: async () => {},
  };
}

function standIn(): Provider {
  const openrouter = startOpenrouter();
  return {
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: openrouter.origin },
    text: "Hello from Zürich",
    model: "openai/gpt-4o",
    maker: "openai",
    describes: true,
    [Symbol.asyncDispose]: () => openrouter[Symbol.asyncDispose](),
  };
}

/** What curl with `-d` sends, and Python's `requests` with `json=`. */
async function post(weir: Program, path: string, body: string): Promise<Response> {
  const headers = { "Content-Type": "application/json" };
  return await fetch(weir.url + path, { method: "POST", headers, body });
}

/** The models of an answer; asserts that each has the document's fields in the document's form. */
function modelsIn(answer: { data: Record<string, unknown>[] }, describes: boolean) {
  assert(answer.data.length > 0);
  for (const model of answer.data) {
    const pricing = model.pricing as Record<string, unknown>;
    assertEquals([typeof model.id, typeof model.name], ["string", "string"]);
    const details = [
      [model.description, "string"],
      [model.context_length, "number"],
      [model.max_completion_tokens, "number"],
      [model.is_moderated, "boolean"],
    ] as const;
    for (const [value, type] of details) {
      if (describes) assertEquals(typeof value, type);
      else assertEquals(value, null);
    }
    assertEquals(Array.isArray(model.supported_parameters), describes);
    for (const price of [pricing.prompt, pricing.completion]) {
      if (describes && model.id !== "openrouter/auto") assertMatch(String(price), /^\d+(\.\d+)?$/);
      // The fake LLM costs nothing, and of a router nobody knows.
      else assertEquals(price, describes ? null : "0");
    }
  }
  return answer.data;
}

for (const [name, start] of [["the fake LLM", builtIn], ["OpenRouter", standIn]] as const) {
  Deno.test(`the document's inference examples run with ${name}`, async (test) => {
    await using provider = start();
    await using weir = await startProgram({ env: provider.env });
    const check = async (body: string) =>
      await checkCompletion(await post(weir, "/api/v1/inference", body), provider.text);
    await test.step("POST /api/v1/inference", () => check(HELLO));
    await test.step("POST /api/v1/inference/stream, whatever `stream` says", async () => {
      for (const stream of ["true", "false", "null"]) {
        const body = STORY.replace("STREAM", stream);
        await checkStream(await post(weir, "/api/v1/inference/stream", body), provider.text);
      }
      const plain = await post(weir, "/api/v1/inference", STORY.replace("STREAM", "true"));
      await checkStream(plain, provider.text);
    });
    await test.step("the JavaScript examples", async () => {
      const printed: string[] = [];
      await completeExample(weir.url, { log: (text) => printed.push(text) });
      assertEquals(printed.splice(0), [provider.text]);
      await streamExample(weir.url, { log: (text) => printed.push(text) });
      assert(printed.length > 1, "It comes in pieces");
      assertEquals(printed.join(""), provider.text);
    });
    await test.step("the Python example", () => check(PYTHON));
    await test.step("the example of curl", () => check(CURL));
  });

  Deno.test(`the document's model examples run with ${name}`, async () => {
    await using provider = start();
    await using weir = await startProgram({ env: provider.env });
    const { model, maker, describes } = provider;
    const get = async (path: string) => {
      const response = await fetch(`${weir.url}/api/v1/models${path}`);
      assertEquals([path, response.status], [path, 200]);
      return await response.json();
    };
    const listed = await get("");
    const all = modelsIn(listed, describes);
    assertEquals(listed.pagination, {
      total: all.length,
      limit: 50,
      offset: 0,
      hasMore: false,
    });
    const word = model.slice(-3);
    const found = await get(`?provider=${maker}&search=${word}&limit=10&offset=0`);
    assertEquals(modelsIn(found, describes).map(({ id }) => id), [model]);
    assertEquals(found.pagination, { total: 1, limit: 10, offset: 0, hasMore: false });
    const { data } = await get(`/${model}`);
    assertEquals(modelsIn({ data: [data] }, describes)[0]?.id, model);
    const { supported_parameters, pricing } = data;
    assertEquals(await get(`/${model}/parameters`), { data: { model, supported_parameters } });
    assertEquals(await get(`/${model}/pricing`), { data: { model, pricing } });
    if (describes) {
      assertEquals(supported_parameters, ["max_tokens", "temperature", "tools"]);
      assertEquals(pricing, { prompt: "0.0000025", completion: "0.00001" });
    }
    const top = modelsIn(await get("/top?limit=5"), describes);
    const lengths = top.map(({ context_length }) => Number(context_length));
    assertEquals(lengths, lengths.toSorted((left, right) => right - left));
    const searched = await get(`/search?q=${word}&limit=5`);
    assert(modelsIn(searched, describes).some(({ id }) => id === model));
    assertEquals([searched.query, searched.total >= 1], [word, true]);
    const providers = await get("/providers");
    assert(providers.data.includes(maker));
    const ofMaker = await get(`/providers/${maker}`);
    assertEquals(ofMaker.provider, maker);
    assertEquals(modelsIn(ofMaker, describes).map(({ id }) => id), [model]);
  });
}

/** Asserts the document's form of an answer. */
async function checkCompletion(response: Response, text: string): Promise<void> {
  const completion = await response.json();
  const [choice] = completion.choices;
  assertEquals([response.status, completion.object], [200, "chat.completion"]);
  assertEquals([choice.finish_reason, choice.message.role], ["stop", "assistant"]);
  assertEquals(choice.message.content, text);
  assertEquals([typeof completion.id, typeof completion.model], ["string", "string"]);
  assert(Number.isInteger(completion.created));
  const { prompt_tokens, completion_tokens, total_tokens } = completion.usage;
  assertEquals(prompt_tokens + completion_tokens, total_tokens);
}

/** Asserts the document's form of a stream, to its end. */
async function checkStream(response: Response, text: string): Promise<void> {
  assertEquals(response.status, 200);
  assertMatch(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  // Comments are left to the reader, and never become data (T21).
  const data = (await response.text()).split("\n").filter((line) => line.startsWith("data: "))
    .map((line) => line.slice("data: ".length));
  assertEquals(data.pop(), "[DONE]");
  const chunks = data.map((json) => JSON.parse(json));
  for (const chunk of chunks) assertEquals(chunk.object, "chat.completion.chunk");
  assertEquals(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join(""), text);
  assertEquals(chunks[0].choices[0].delta.role, "assistant");
}
