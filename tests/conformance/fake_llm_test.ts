/** Anthropic's official client against the fake LLM: what it makes of answers and of failures. */

import Anthropic from "@anthropic-ai/sdk";
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { REFUSALS } from "../../src/fake/errors.ts";
import { FakeServer } from "../fake/fake_server.ts";
import { WEATHER } from "./questions.ts";

function clientOf(server: FakeServer, maxRetries = 0): Anthropic {
  return new Anthropic({ apiKey: "any-key", baseURL: server.origin, maxRetries });
}

function ask(content: string): Anthropic.MessageCreateParamsNonStreaming {
  return { model: "any-model", max_tokens: 1_000, messages: [{ role: "user", content }] };
}

Deno.test("fake LLM: the client creates and streams a message, and reads its request's id", async () => {
  await using server = new FakeServer();
  const { messages, beta } = clientOf(server);
  const whole = await messages.create(ask("hi"));
  assertEquals(whole.content, [{ type: "text", text: "hello world" } as Anthropic.TextBlock]);
  assert(whole._request_id?.startsWith("req_"));
  const texts: string[] = [];
  const stream = messages.stream(ask("[comments=2] [tokens=3]")).on("text", (text) => {
    texts.push(text);
  });
  const { stop_reason: reason, usage } = await stream.finalMessage();
  assertEquals([texts, reason, usage.output_tokens], [
    ["hello", " world", " hello"],
    "end_turn",
    3,
  ]);
  const ofBeta = await beta.messages.create({ ...ask("hi"), betas: ["effort-2025-11-24"] });
  assertEquals(ofBeta.stop_reason, "end_turn");
});

Deno.test("fake LLM: the client's loop of tools ends, thinking and its signature go back", async () => {
  await using server = new FakeServer();
  const { messages } = clientOf(server);
  const input = { city: "Köln" };
  const question = {
    ...ask(`[reasoning=let me see] [tool=get_weather ${JSON.stringify(input)}] [tool=get_weather]`),
    tools: [WEATHER],
  };
  const asked = await messages.stream(question).finalMessage();
  assertEquals(asked.stop_reason, "tool_use");
  const [thinking, ...calls] = asked.content;
  assert(thinking?.type === "thinking" && thinking.signature !== "");
  assertEquals(thinking.thinking, "let me see");
  assertEquals(calls.map((call) => call.type === "tool_use" && call.input), [input, {}]);
  const answered = await messages.create({
    ...question,
    messages: [
      ...question.messages,
      { role: "assistant", content: asked.content },
      {
        role: "user",
        content: calls.map((call) => ({
          type: "tool_result" as const,
          tool_use_id: call.type === "tool_use" ? call.id : "",
          content: "rain",
        })),
      },
    ],
  });
  assertEquals(answered.content.map(({ type }) => type), ["thinking", "text"]);
});

Deno.test("fake LLM: the client parses structured output", async () => {
  await using server = new FakeServer();
  const schema = {
    type: "object" as const,
    properties: { city: { type: "string" } },
    required: ["city"],
    additionalProperties: false,
  };
  const { parsed_output: parsed } = await clientOf(server).messages.parse({
    ...ask("Which city?"),
    output_config: { format: { type: "json_schema", schema, parse: JSON.parse } },
  });
  assertEquals(typeof parsed.city, "string");
});

Deno.test("fake LLM: the client tells each error by its class", async () => {
  await using server = new FakeServer();
  const client = clientOf(server);
  for (const [name, { status }] of Object.entries(REFUSALS)) {
    const error = await assertRejects(() => client.messages.create(ask(`[${name}]`)));
    assertInstanceOf(error, Anthropic.APIError);
    assertEquals(error.status, status);
    assert(error.requestID?.startsWith("req_"));
    if (status === 429) assertInstanceOf(error, Anthropic.RateLimitError);
    if (status === 400) assertInstanceOf(error, Anthropic.BadRequestError);
    if (status >= 500) assertInstanceOf(error, Anthropic.InternalServerError);
  }
});

Deno.test("fake LLM: the client notices errors, cuts and broken JSON within a stream", async () => {
  await using server = new FakeServer();
  const { messages } = clientOf(server);
  for (const tag of ["[error=3]", "[cut=3]", "[malformed=3]"]) {
    await assertRejects(() => messages.stream(ask(tag)).finalMessage(), Error, "", tag);
  }
});

Deno.test("fake LLM: the client tries again as often as it was told to", async () => {
  await using server = new FakeServer();
  await assertRejects(() => clientOf(server, 1).messages.create(ask("[529] [retry-after=0]")));
  assertEquals(server.events.filter((event) => event === "open").length, 2);
});

Deno.test("fake LLM: the client counts tokens and lists models", async () => {
  await using server = new FakeServer();
  const { messages, models } = clientOf(server);
  const { max_tokens: _, ...question } = ask("How many?");
  assertEquals((await messages.countTokens(question)).input_tokens, 3);
  const ids = await Array.fromAsync(models.list({ limit: 1 }), ({ id }) => id);
  assertEquals(ids, ["fake-model", "fake-lab/fake-model"]);
  assertEquals((await models.retrieve("fake-lab/fake-model")).id, "fake-lab/fake-model");
});
