/** The official client against the gateway, with base URLs that end in `/v1` and that do not. */

import OpenAI, { AuthenticationError, NotFoundError, RateLimitError } from "openai";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type Program, startProgram } from "../support/program.ts";
import { assertSoon } from "../support/assert_soon.ts";
import { startProvider } from "../support/provider.ts";

const BASES = ["", "/v1"];

function clientOf(weir: Program, base: string, apiKey = "the-key"): OpenAI {
  return new OpenAI({ baseURL: `${weir.url}${base}`, apiKey, maxRetries: 0 });
}

const ask = (content: string) => ({
  model: "any-model",
  messages: [{ role: "user" as const, content }],
});

Deno.test("openai client: models, completion, stream with usage, errors", async (test) => {
  await using weir = await startProgram({ env: { PROXY_API_KEY: "the-key", MAX_RETRIES: "0" } });
  for (const base of BASES) {
    const client = clientOf(weir, base);
    await test.step(`base URL "${base}": lists and retrieves models`, async () => {
      const models = (await client.models.list()).data;
      assert(models[0]);
      assertEquals((await client.models.retrieve(models[0].id)).id, models[0].id);
      await assertRejects(() => client.models.retrieve("no/such"), NotFoundError);
    });
    await test.step(`base URL "${base}": completes`, async () => {
      const completion = await client.chat.completions.create(ask("hi"));
      assertEquals(completion.choices[0]?.message.content, "hello world");
      assert(completion.usage && completion.usage.total_tokens > 0);
    });
    await test.step(`base URL "${base}": streams with usage`, async () => {
      const stream = await client.chat.completions.create({
        ...ask("hi"),
        stream: true,
        stream_options: { include_usage: true },
      });
      let text = "";
      let usage: OpenAI.CompletionUsage | null | undefined;
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? "";
        usage = chunk.usage ?? usage;
      }
      assertEquals(text, "hello world");
      assert(usage && usage.completion_tokens > 0);
    });
    await test.step(`base URL "${base}": [429] is a RateLimitError`, async () => {
      const error = await assertRejects(
        () => client.chat.completions.create(ask("[429]")),
        RateLimitError,
      );
      assertEquals(error.code, "rate_limit_exceeded");
    });
    await test.step(`base URL "${base}": a wrong key is an AuthenticationError`, async () => {
      const error = await assertRejects(
        () => clientOf(weir, base, "wrong").chat.completions.create(ask("hi")),
        AuthenticationError,
      );
      assertEquals(error.code, "invalid_api_key");
    });
    await test.step(`base URL "${base}": tools arrive whole`, async () => {
      const final = await client.chat.completions
        .stream({ ...ask(`[tool=look_up {"city":"Zürich"}]`) }).finalChatCompletion();
      const [call] = final.choices[0]?.message.tool_calls ?? [];
      assertEquals(call?.type === "function" && call.function.name, "look_up");
      assertEquals(call?.type === "function" && call.function.arguments, `{"city":"Zürich"}`);
      assertEquals(final.choices[0]?.finish_reason, "tool_calls");
    });
    await test.step(`base URL "${base}": a cut stream throws`, async () => {
      const stream = await client.chat.completions.create({
        ...ask("[tokens=50] [cut=3]"),
        stream: true,
      });
      const error = await assertRejects(async () => {
        for await (const _ of stream);
      }, OpenAI.APIError);
      assertEquals(error.code, "upstream_truncated");
    });
  }
});

Deno.test("openai client: an abort in mid-stream reaches the upstream within 250 ms", async () => {
  await using provider = startProvider();
  await using weir = await startProgram({
    env: { OPENAI_API_KEY: "sk-upstream", OPENAI_BASE_URL: provider.baseUrl },
  });
  await assertSoon(async () => {
    const stream = await clientOf(weir, "/v1").chat.completions.create({
      ...ask("[tokens=100000] [pace=2]"),
      stream: true,
    });
    let chunks = 0;
    let leftMs = 0;
    for await (const _ of stream) {
      if (++chunks < 5) continue;
      leftMs = performance.now();
      break;
    }
    assertInstanceOf(stream.controller, AbortController);
    return (await provider.answered("cancelled", leftMs)).atMs - leftMs;
  });
  await weir.printed(/"outcome":"client_gone"/);
});
