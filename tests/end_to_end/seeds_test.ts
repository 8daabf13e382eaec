/**
 * The examples of the services that Weir takes the place of, as their documents print them: each request
 * against a gateway that faces the same provider.
 *
 * @module
 */

import OpenAI from "openai";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { startProvider } from "../support/provider.ts";
import { CHATJIMMY_TEXT, startChatjimmy } from "../support/providers/chatjimmy.ts";
import { startVenice, VENICE_KEY } from "../support/providers/venice.ts";

/** What curl and its `-d` send. */
async function curl(weir: Program, path: string, body?: string, headers = {}): Promise<Response> {
  return await fetch(`${weir.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
    ...(body !== undefined && { body }),
  });
}

/** The data of a stream's events; asserts that it ends with `[DONE]`. */
async function eventsOf(response: Response) {
  assertMatch(response.headers.get("content-type") ?? "", /^text\/event-stream/);
  const data = (await response.text()).split("\n\n").filter((block) => block.startsWith("data: "))
    .map((block) => block.slice("data: ".length));
  assertEquals(data.pop(), "[DONE]");
  return data.map((json) => JSON.parse(json));
}

Deno.test("the chatjimmy proxy's examples run", async (test) => {
  await using provider = startChatjimmy();
  await using weir = await startProgram({ env: { CHATJIMMY_BASE_URL: provider.origin } });
  const sent = () => provider.received("/api/chat").at(-1)?.json;
  await test.step("list models, and one by its id", async () => {
    const list = await (await curl(weir, "/v1/models")).json();
    const [model] = list.data;
    assertEquals([list.object, model.id, model.object], ["list", "llama3.1-8B", "model"]);
    assertEquals(await (await curl(weir, "/v1/models/llama3.1-8B")).json(), model);
  });
  await test.step("non-stream chat", async () => {
    const response = await curl(
      weir,
      "/v1/chat/completions",
      `{
    "model": "llama3.1-8B",
    "messages": [
      {"role": "system", "content": "You are concise."},
      {"role": "user", "content": "Introduce yourself in one sentence."}
    ],
    "stream": false
  }`,
    );
    const completion = await response.json();
    assertEquals([response.status, completion.object], [200, "chat.completion"]);
    assertEquals(completion.choices[0].message.content.trim(), CHATJIMMY_TEXT);
    assertEquals(completion.choices[0].finish_reason, "stop");
    assertEquals(completion.usage.total_tokens, 27);
    assertEquals(sent(), {
      messages: [{ role: "user", content: "Introduce yourself in one sentence." }],
      chatOptions: { selectedModel: "llama3.1-8B", systemPrompt: "You are concise." },
      attachment: null,
    });
  });
  await test.step("stream chat", async () => {
    const chunks = await eventsOf(
      await curl(
        weir,
        "/v1/chat/completions",
        `{
    "model": "llama3.1-8B",
    "messages": [
      {"role": "user", "content": "Write a short 4-line poem."}
    ],
    "stream": true
  }`,
      ),
    );
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
    assertEquals(text.trim(), CHATJIMMY_TEXT);
    assert(!text.includes("stats"), text);
    assert(chunks.every((chunk) => chunk.object === "chat.completion.chunk"));
    assertEquals(chunks.at(-1).choices[0].finish_reason, "stop");
  });
  await test.step("health", async () => {
    assertEquals((await (await curl(weir, "/healthz")).json()).ok, true);
  });
});

Deno.test("the chatjimmy proxy's known limitation is kept: no images; tools are emulated", async () => {
  await using provider = startChatjimmy();
  await using weir = await startProgram({ env: { CHATJIMMY_BASE_URL: provider.origin } });
  const messages = [{ role: "user", content: "hi" }];
  const ask = (rest: object) => {
    const body = { model: "llama3.1-8B", messages, ...rest };
    return curl(weir, "/v1/chat/completions", JSON.stringify(body));
  };
  const tool = { type: "function", function: { name: "f", parameters: {} } };
  const emulated = await ask({ tools: [tool] });
  assertEquals([emulated.status, emulated.headers.get("x-weir-tools")], [200, "emulated"]);
  await emulated.body?.cancel();
  const image = { type: "image_url", image_url: { url: "https://a.example/cat.png" } };
  const content = [{ type: "text", text: "What is this?" }, image];
  const answered = await ask({ messages: [{ role: "user", content }] });
  assertEquals(answered.status, 200);
  assertMatch(answered.headers.get("x-weir-warning") ?? "", /left out/);
  await answered.body?.cancel();
  const sent = provider.received("/api/chat").at(-1);
  assertEquals(sent?.json["messages"], [{ role: "user", content: "What is this?" }]);
});

Deno.test("the chatjimmy proxy's optional key is asked for", async () => {
  await using provider = startChatjimmy();
  await using weir = await startProgram({
    env: { CHATJIMMY_BASE_URL: provider.origin, PROXY_API_KEY: "a-key" },
  });
  const statusWith = async (headers: Record<string, string>) => {
    const response = await curl(weir, "/v1/models", undefined, headers);
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusWith({}), 401);
  assertEquals(await statusWith({ Authorization: "Bearer another" }), 401);
  assertEquals(await statusWith({ Authorization: "Bearer a-key" }), 200);
});

Deno.test("the OpenAI proxy's examples run", async (test) => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "your-openai-api-key-here", OPENAI_BASE_URL: provider.baseUrl },
  });
  const example = `{
    "model": "gpt-3.5-turbo",
    "messages": [
      {
        "role": "user",
        "content": "Hello, how are you?"
      }
    ],
    "temperature": 0.7
  }`;
  await test.step("curl: the answer is OpenAI's, with the real key and the same body", async () => {
    const completion = await (await curl(weir, "/v1/chat/completions", example)).json();
    assertEquals(completion.object, "chat.completion");
    assertEquals(completion.choices[0].message.role, "assistant");
    assertEquals(completion.choices[0].finish_reason, "stop");
    const { prompt_tokens: input, completion_tokens: output, total_tokens } = completion.usage;
    assertEquals(input + output, total_tokens);
    const request = provider.requests.at(-1);
    assertEquals(request?.headers.get("authorization"), "Bearer your-openai-api-key-here");
    assertEquals(request?.body, example);
  });
  await test.step("the Python and JavaScript clients: a base URL without /v1", async () => {
    const openai = new OpenAI({
      baseURL: weir.url,
      apiKey: "not-needed-but-required-by-client",
    });
    const response = await openai.chat.completions.create({
      model: "gpt-3.5-turbo",
      messages: [{ role: "user", content: "Hello!" }],
    });
    assertEquals(response.choices[0]?.message.content, "hello world");
  });
  await test.step("health", async () => {
    assertEquals((await (await curl(weir, "/health")).json()).status, "healthy");
  });
  await test.step("errors: method, JSON, fields, and OpenAI's own", async () => {
    const path = "/v1/chat/completions";
    const ask = `{"model":"gpt-3.5-turbo","messages":[{"role":"user","content":"[401]"}]}`;
    const cases = [
      [await curl(weir, path), 405, undefined],
      [await curl(weir, path, "{"), 400, "invalid_json"],
      [await curl(weir, path, "{}"), 400, "missing_required_parameter"],
      // It is the gateway's own key that is refused there.
      [await curl(weir, path, ask), 502, "upstream_auth_failed"],
    ] as const;
    for (const [response, status, code] of cases) {
      const { error } = await response.json();
      assertEquals(response.status, status);
      if (code !== undefined) assertEquals(error.code, code);
      assertEquals(typeof error.message, "string");
    }
  });
});

/** The passthrough below `PROXY_PATH_PREFIX` has a test of its own. */
Deno.test("the Venice proxy's examples run", async (test) => {
  const env = { OPENAI_BASE_URL: "https://api.venice.ai/api/v1", MAX_RETRIES: "3" };
  await test.step("health names the target", async () => {
    await using weir = await startProgram({ env });
    const health = await (await curl(weir, "/health")).json();
    assertEquals([health.status, health.target], ["healthy", "https://api.venice.ai/api/v1"]);
  });
  await using provider = startVenice();
  await using weir = await startProgram({
    env: { ...env, OPENAI_API_KEY: VENICE_KEY, VENICE_BASE_URL: `${provider.origin}/api/v1` },
  });
  await test.step("basic chat completion", async () => {
    const response = await curl(
      weir,
      "/v1/chat/completions",
      `{
    "model": "llama-3.1-405b",
    "messages": [{"role": "user", "content": "Hello!"}]
  }`,
    );
    const completion = await response.json();
    assertEquals(completion.choices[0].message.content, "Hello from Venice");
    const leaked = [...response.headers.keys()].filter((name) => /venice|cf-|balance/.test(name));
    assertEquals(leaked, []);
  });
  await test.step("streaming request", async () => {
    const chunks = await eventsOf(
      await curl(
        weir,
        "/v1/chat/completions",
        `{
    "model": "llama-3.1-405b",
    "messages": [{"role": "user", "content": "Hello!"}],
    "stream": true
  }`,
      ),
    );
    const text = chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("");
    assertEquals(text, "Hello from Venice");
  });
});
