/** The official client against the fake server: what it makes of answers and of failures. */

import OpenAI from "openai";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { FakeServer } from "./fake_server.ts";

function clientOf(server: FakeServer, base = "/v1"): OpenAI {
  return new OpenAI({ apiKey: "any-key", baseURL: server.origin + base, maxRetries: 0 });
}

function chatOf(content: string) {
  return { model: "any-model", messages: [{ role: "user" as const, content }] };
}

Deno.test("openai client: completion and stream with usage, with and without /v1", async () => {
  await using server = new FakeServer();
  for (const base of ["/v1", ""]) {
    const client = clientOf(server, base);
    const whole = await client.chat.completions.create(chatOf("hi"));
    assertEquals(whole.choices[0]?.message.content, "hello world");
    const stream = await client.chat.completions.create({
      ...chatOf("hi"),
      stream: true,
      stream_options: { include_usage: true },
    });
    let text = "";
    let totalTokens = 0;
    for await (const { choices, usage } of stream) {
      text += choices[0]?.delta.content ?? "";
      totalTokens += usage?.total_tokens ?? 0;
    }
    assertEquals([text, totalTokens], ["hello world", 3]);
  }
});

Deno.test("openai client: the stream helper puts a tool call together", async () => {
  await using server = new FakeServer();
  const prompt = `[tool=get_weather {"city":"Köln"}] [tool=get_time]`;
  const { message, finish_reason: finishReason } = (await clientOf(server).chat.completions
    .stream(chatOf(prompt)).finalChatCompletion()).choices[0]!;
  assertEquals(finishReason, "tool_calls");
  const calls = message.tool_calls?.map((call) => call.type === "function" && call.function);
  assertEquals(calls?.map((call) => call && [call.name, call.arguments]), [
    ["get_weather", `{"city":"Köln"}`],
    ["get_time", "{}"],
  ]);
});

Deno.test("openai client: runTools() ends, because a result gets a text", async () => {
  await using server = new FakeServer();
  const seen: unknown[] = [];
  const runner = clientOf(server).chat.completions.runTools({
    ...chatOf(`[tool=get_weather {"city":"Rome"}]`),
    tools: [{
      type: "function",
      function: {
        name: "get_weather",
        description: "Tells the weather",
        parameters: { type: "object", properties: { city: { type: "string" } } },
        parse: JSON.parse,
        function: (input: unknown) => {
          seen.push(input);
          return "rain";
        },
      },
    }],
  });
  assertEquals(await runner.finalContent(), "hello world");
  assertEquals(seen, [{ city: "Rome" }]);
});

Deno.test("openai client: errors come as their classes", async () => {
  await using server = new FakeServer();
  const { chat } = clientOf(server);
  const cases = [
    ["[400]", OpenAI.BadRequestError],
    ["[401]", OpenAI.AuthenticationError],
    ["[403]", OpenAI.PermissionDeniedError],
    ["[404]", OpenAI.NotFoundError],
    ["[422]", OpenAI.UnprocessableEntityError],
    ["[429]", OpenAI.RateLimitError],
    ["[quota]", OpenAI.RateLimitError],
    ["[500]", OpenAI.InternalServerError],
    ["[503]", OpenAI.InternalServerError],
  ] as const;
  for (const [prompt, errorClass] of cases) {
    const error = await assertRejects(() => chat.completions.create(chatOf(prompt)));
    assertInstanceOf(error, errorClass, prompt);
  }
  const error = await assertRejects(() => chat.completions.create(chatOf("[429]")));
  assertInstanceOf(error, OpenAI.RateLimitError);
  assertEquals([error.code, error.type], ["rate_limit_exceeded", "rate_limit_error"]);
  assertEquals(error.headers.get("retry-after"), "1");
});

Deno.test("openai client: a broken stream throws after what came before", async () => {
  await using server = new FakeServer();
  const cases = [
    ["[cut=3]", 3],
    ["[malformed=2]", 1],
    ["[error=2]", 2],
  ] as const;
  for (const [prompt, expected] of cases) {
    let count = 0;
    await assertRejects(async () => {
      const stream = await clientOf(server).chat.completions.create({
        ...chatOf(prompt),
        stream: true,
      });
      for await (const _ of stream) count += 1;
    });
    assertEquals(count, expected, prompt);
  }
});

Deno.test("openai client: leaving a stream early stops its generator", async () => {
  await using server = new FakeServer();
  const stream = await clientOf(server).chat.completions.create({
    ...chatOf("[tokens=100000] [pace=5]"),
    stream: true,
  });
  for await (const _ of stream) break;
  await server.until("cancelled");
  assertEquals(server.events, ["open", "cancelled"]);
});

Deno.test("openai client: models and embeddings", async () => {
  await using server = new FakeServer();
  const client = clientOf(server);
  const ids = [];
  for await (const { id } of client.models.list()) ids.push(id);
  for (const id of ids) assertEquals((await client.models.retrieve(id)).id, id);
  await assertRejects(() => client.models.retrieve("gone"), OpenAI.NotFoundError);
  const wishes = { model: "any-model", input: "hello" };
  const byDefault = await client.embeddings.create(wishes); // The client asks for base64.
  const asFloats = await client.embeddings.create({ ...wishes, encoding_format: "float" });
  assertEquals(byDefault.data[0]?.embedding, asFloats.data[0]?.embedding);
  assertEquals(byDefault.data[0]?.embedding.length, 8);
});

Deno.test("openai client: legacy completions", async () => {
  await using server = new FakeServer();
  const { choices } = await clientOf(server).completions.create({ model: "m", prompt: "hi" });
  assertEquals(choices[0]?.text, "hello world");
});
