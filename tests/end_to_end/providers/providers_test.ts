/** The official client through the gateway to each provider, and what is peculiar to each. */

import OpenAI from "openai";
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { startHandProvider } from "../../support/hand_provider.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { CHATJIMMY_TEXT, startChatjimmy } from "../../support/providers/chatjimmy.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";
import type { StandIn } from "../../support/providers/stand_in.ts";
import { startVenice, VENICE_KEY } from "../../support/providers/venice.ts";

interface Provider {
  readonly start: () => StandIn;
  readonly env: (origin: string) => Readonly<Record<string, string>>;
  readonly model: string;
  readonly models: readonly string[];
  readonly text: string;
  readonly hasTools: boolean;
  readonly embeddings?: string;
}

const PROVIDERS: Readonly<Record<string, Provider>> = {
  openrouter: {
    start: startOpenrouter,
    env: (origin) => ({ OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: origin }),
    model: "openai/gpt-4o",
    models: ["openai/gpt-4o", "meta-llama/llama-3.3-70b-instruct:free", "openrouter/auto"],
    text: "Hello from Zürich",
    hasTools: true,
    embeddings: "openai/text-embedding-3-small",
  },
  venice: {
    start: startVenice,
    env: (origin) => ({ VENICE_API_KEY: VENICE_KEY, VENICE_BASE_URL: origin }),
    model: "llama-3.1-405b",
    models: ["llama-3.1-405b", "zai-org-glm-5", "text-embedding-bge-m3"],
    text: "Hello from Venice",
    hasTools: true,
    embeddings: "text-embedding-bge-m3",
  },
  chatjimmy: {
    start: startChatjimmy,
    env: (origin) => ({ CHATJIMMY_BASE_URL: origin }),
    model: "llama3.1-8B",
    models: ["llama3.1-8B"],
    text: `${CHATJIMMY_TEXT}\n`,
    hasTools: false,
  },
};

const LOOK_UP = {
  type: "function" as const,
  function: { name: "look_up", parameters: { type: "object", properties: {} } },
};

const ask = (model: string, content: string) => ({
  model,
  messages: [{ role: "user" as const, content }],
});

function clientOf(weir: Program): OpenAI {
  return new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: "none", maxRetries: 0 });
}

for (const [name, provider] of Object.entries(PROVIDERS)) {
  const { start, env, model, models, text, hasTools, embeddings } = provider;
  Deno.test(`openai client through Weir to ${name}: chat, stream, tools, embeddings, models`, async (test) => {
    await using standIn = start();
    await using weir = await startProgram({ env: env(standIn.origin) });
    const client = clientOf(weir);
    await test.step("models", async () => {
      assertEquals((await client.models.list()).data.map(({ id }) => id), models);
      for (const id of models) assertEquals((await client.models.retrieve(id)).id, id);
    });
    await test.step("chat", async () => {
      const completion = await client.chat.completions.create(ask(model, "hi"));
      assertEquals(completion.choices[0]?.message.content, text);
      assertEquals(completion.choices[0]?.finish_reason, "stop");
      assert(completion.usage && completion.usage.total_tokens > 10);
    });
    await test.step("stream", async () => {
      const options = { stream_options: { include_usage: true } };
      const stream = client.chat.completions.stream({ ...ask(model, "hi"), ...options });
      const final = await stream.finalChatCompletion();
      assertEquals(final.choices[0]?.message.content, text);
      assertEquals(final.choices[0]?.finish_reason, "stop");
      assert(final.usage && final.usage.total_tokens > 10);
    });
    if (hasTools) {
      await test.step("tools, whole and streamed", async () => {
        const request = { ...ask(model, "What is the weather?"), tools: [LOOK_UP] };
        const answers = [
          await client.chat.completions.create(request),
          await client.chat.completions.stream(request).finalChatCompletion(),
        ];
        for (const { choices: [choice] } of answers) {
          const [call] = choice?.message.tool_calls ?? [];
          assertEquals(call?.type === "function" && call.function.name, "look_up");
          assertEquals(call?.type === "function" && call.function.arguments, `{"city":"Zürich"}`);
          assertEquals(choice?.finish_reason, "tool_calls");
        }
      });
    }
    if (embeddings !== undefined) {
      await test.step("embeddings in the client's default form", async () => {
        const { data } = await client.embeddings.create({ model: embeddings, input: "hi" });
        assertEquals(data[0]?.embedding, [0.25, -1, 3.5]);
      });
    }
  });
}

async function post(weir: Program, body: object): Promise<Response> {
  return await fetch(`${weir.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      referer: "https://client.example/",
      "http-referer": "https://client.example/",
      "x-title": "The client's",
    },
    body: JSON.stringify(body),
  });
}

Deno.test("openrouter: fields, attribution, comments and account data go where they belong", async () => {
  await using standIn = startOpenrouter();
  await using weir = await startProgram({
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: standIn.origin },
  });
  const own = {
    models: ["openai/gpt-4o", "openrouter/auto"],
    provider: { order: ["azure"], allow_fallbacks: false },
    plugins: [{ id: "web" }],
    reasoning: { effort: "low" },
    transforms: [],
  };
  const body = { ...ask("openai/gpt-4o", "hi"), ...own, stream: true };
  const response = await post(weir, body);
  const text = await response.text();
  for (const line of text.split("\n")) {
    assert(line === "" || line.startsWith(":") || /^data: (\{|\[DONE\]$)/.test(line), line);
  }
  assert(text.endsWith("data: [DONE]\n\n"), text);
  assertEquals(response.headers.get("x-generation-id"), "gen-1");
  assertEquals(response.headers.get("set-cookie"), null);
  const [request] = standIn.received("/api/v1/chat/completions");
  assertEquals(request?.json, { ...body, stream_options: { include_usage: true } });
  assertEquals(request?.headers.get("http-referer"), "http://localhost");
  assertEquals(request?.headers.get("x-openrouter-title"), "Weir");
  assertEquals([request?.headers.get("referer"), request?.headers.get("x-title")], [null, null]);
});

Deno.test("openrouter: a stream tells its usage, whether or not it was asked for", async () => {
  for (const env of [{}, { REPAIR: "on" }]) {
    await using provider = startHandProvider();
    await using weir = await startProgram({
      env: { ...env, OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: provider.baseUrl },
    });
    const answered = post(weir, { ...ask("m", "hi"), stream: true });
    const stream = (await provider.next()).stream();
    const choice = { index: 0, delta: { content: "a" }, finish_reason: "stop" };
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    for (const chunk of [{ choices: [choice] }, { choices: [], usage }]) {
      stream.write(`data: ${JSON.stringify(chunk)}\n\n`);
    }
    stream.write("data: [DONE]\n\n");
    stream.end();
    assertMatch(await (await answered).text(), /"usage":\{[^}]*"total_tokens":3\}/);
  }
});

Deno.test("openrouter: errors keep their status and lose the account, before and within a stream", async (test) => {
  await using standIn = startOpenrouter();
  await using weir = await startProgram({
    env: {
      OPENROUTER_API_KEY: OPENROUTER_KEY,
      OPENROUTER_BASE_URL: standIn.origin,
      MAX_RETRIES: "0",
      // The wait that one error asks for is none of the others'.
      PACING: "off",
    },
  });
  for (const status of [402, 404, 429, 502, 503]) {
    await test.step(`[${status}]`, async () => {
      const response = await post(weir, ask("openai/gpt-4o", `[${status}]`));
      const body = await response.json();
      assertEquals([response.status, body.error.code], [status, status]);
      assertEquals(body.user_id, undefined);
      if (status === 429) assertMatch(response.headers.get("retry-after") ?? "", /^(5\d|60)$/);
      if (status === 503) assertEquals(response.headers.get("retry-after"), "7");
    });
  }
  for (const scene of ["[error]", "[recorded error]"]) {
    await test.step(`${scene} in mid-stream`, async () => {
      const text = await (await post(weir, { ...ask("m", scene), stream: true })).text();
      assertMatch(text, /"content":"Hello"[\s\S]*"error":\{"code":502/);
      assert(!text.includes("[DONE]"), text);
      const stream = await clientOf(weir).chat.completions.create({
        ...ask("m", scene),
        stream: true,
      });
      await assertRejects(async () => {
        for await (const _ of stream);
      }, OpenAI.APIError);
    });
  }
  await test.step("[failed]: a choice that finished with an error is no answer", async () => {
    const response = await post(weir, ask("m", "[failed]"));
    const { error } = await response.json();
    assertEquals([response.status, error.message], [502, "Provider disconnected"]);
  });
});

Deno.test("venice: what its closed schema refuses is dropped, its own fields are not", async () => {
  await using standIn = startVenice();
  await using weir = await startProgram({
    env: { VENICE_API_KEY: VENICE_KEY, VENICE_BASE_URL: standIn.origin },
  });
  const kept = {
    ...ask("zai-org-glm-5", "hi"),
    stream: true,
    prompt_cache_key: "c",
    venice_parameters: { enable_web_search: "on", include_venice_system_prompt: false },
  };
  const response = await post(weir, {
    ...kept,
    logit_bias: { 1: 1 },
    safety_identifier: "s",
    service_tier: "auto",
    stream_options: { include_usage: true, include_obfuscation: false },
  });
  const text = await response.text();
  assertEquals(response.status, 200);
  assertMatch(text, /"usage":[\s\S]*"web_search_citations":[\s\S]*data: \[DONE\]\n\n$/);
  const [request] = standIn.received("/api/v1/chat/completions");
  assertEquals(request?.json, { ...kept, stream_options: { include_usage: true } });
});

Deno.test("venice: its errors come in OpenAI's form, without account headers", async (test) => {
  await using standIn = startVenice();
  await using weir = await startProgram({
    env: { VENICE_API_KEY: VENICE_KEY, VENICE_BASE_URL: standIn.origin, MAX_RETRIES: "0" },
  });
  const cases = [
    [ask("m", "[402]"), 402, "insufficient_quota", /^Insufficient USD/],
    [ask("m", "[422]"), 422, "unprocessable", /content policy/],
    [ask("m", "[429]"), 429, "rate_limit_exceeded", /^Rate limit exceeded$/],
    [ask("m", "[503]"), 503, "server_is_overloaded", /at capacity/],
    [ask("m", "[context]"), 400, "context_length_exceeded", /maximum context length/],
    [{ ...ask("m", "hi"), temperature: 3 }, 400, "invalid_request", /"temperature": Number must/],
    [{ ...ask("m", "hi"), x_new: 1 }, 400, "invalid_request", /Unrecognized key.*'x_new'/],
  ] as const;
  for (const [body, status, code, message] of cases) {
    await test.step(String(message), async () => {
      const response = await post(weir, body);
      const { error } = await response.json();
      assertEquals([response.status, error.code], [status, code]);
      assertMatch(error.message, message);
      assertEquals(response.headers.get("x-venice-balance-usd"), null);
      if (status === 429) assertEquals(response.headers.get("retry-after"), "1");
    });
  }
});

Deno.test("chatjimmy: every way in which an answer is none has its error", async (test) => {
  await using standIn = startChatjimmy();
  await using weir = await startProgram({
    env: { CHATJIMMY_BASE_URL: standIn.origin, MAX_RETRIES: "0" },
  });
  const cases = [
    ["x".repeat(30_000), 400, "context_length_exceeded"],
    ["[stats only]", 400, "context_length_exceeded"],
    ["[empty]", 502, "empty_answer"],
    ["[failed with 200]", 502, "upstream_error"],
    ["[500 once]", 500, "upstream_error"],
  ] as const;
  for (const [content, status, code] of cases) {
    await test.step(`${content.slice(0, 20)}: ${code}`, async () => {
      const response = await post(weir, ask("m", content));
      const { error } = await response.json();
      assertEquals([response.status, error?.code], [status, code]);
      const streamed = await post(weir, { ...ask("m", content), stream: true });
      if (content !== "[500 once]") assertEquals(streamed.status, status);
      await streamed.body?.cancel();
    });
  }
});
