/** Answers in JSON, where a request asks for them. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import * as z from "zod";
import type { JsonObject } from "../../../src/core/text/json.ts";
import { eventsOf, FakeServer } from "../fake_server.ts";
import { NODE } from "../schema_cases.ts";

const FORMAT = {
  type: "json_schema",
  json_schema: {
    name: "node",
    strict: true,
    schema: { $defs: { node: NODE }, $ref: "#/$defs/node" },
  },
};

Deno.test("fake: a request for JSON is answered with JSON, whole and streamed", async () => {
  await using server = new FakeServer();
  const asked: readonly (readonly [JsonObject, string])[] = [
    [FORMAT, '{"value":1,"next":null,"children":[]}'],
    [{ type: "json_object" }, '{"hello":"world"}'],
    [{ type: "json_schema", json_schema: { name: "any" } }, '{"hello":"world"}'],
    [{ type: "text" }, "hello world"],
  ];
  for (const [response_format, text] of asked) {
    const whole = await (await server.chat("hi", { response_format })).json();
    assertEquals(whole.choices[0].message.content, text);
    assertEquals(whole.choices[0].finish_reason, "stop");
    const streamed = await server.chat("hi", { response_format, stream: true });
    const chunks = eventsOf(await streamed.text()).slice(0, -1).map((event) => JSON.parse(event));
    const contents = chunks.map(({ choices }) => choices[0].delta.content ?? "");
    assertEquals(contents.join(""), text);
    assert(contents.filter((content) => content !== "").length > 1);
  }
});

Deno.test("fake: tags win over a response format, and a schema without a value is refused", async () => {
  await using server = new FakeServer();
  const ask = async (prompt: string, response_format: unknown) =>
    await (await server.chat(prompt, { response_format })).json();
  assertEquals((await ask("[tokens=1]", FORMAT)).choices[0].message.content, "hello");
  assertEquals((await ask("[tool=f]", FORMAT)).choices[0].message.tool_calls.length, 1);
  const schema = { type: "string", pattern: "(?!)" };
  const refusals = [
    { type: "json_schema", json_schema: { name: "n", schema } },
    { type: "json_schema" },
    { type: "json_schema", json_schema: { name: "n", schema: [] } },
  ];
  const errors = [];
  for (const format of refusals) errors.push((await ask("hi", format)).error);
  assertEquals(errors.map(({ param, code }) => [param, code]), [
    ["response_format", "invalid_json_schema"],
    ["response_format.json_schema", "missing_required_parameter"],
    ["response_format.json_schema.schema", "invalid_value"],
  ]);
  assertStringIncludes(errors[0].message, "Invalid schema for response_format 'n': the pattern");
});

Deno.test("openai client: what it parses of a structured output is of the type that was asked for", async () => {
  await using server = new FakeServer();
  const client = new OpenAI({ apiKey: "any-key", baseURL: `${server.origin}/v1`, maxRetries: 0 });
  const steps = z.object({ steps: z.array(z.object({ output: z.string() })), answer: z.number() });
  const request = {
    model: "any-model",
    messages: [{ role: "user" as const, content: "hi" }],
    response_format: zodResponseFormat(steps, "steps"),
  };
  const expected = { steps: [{ output: "hello world" }], answer: 1 };
  const whole = await client.chat.completions.parse(request);
  assertEquals(whole.choices[0]?.message.parsed, expected);
  const streamed = await client.chat.completions.stream(request).finalChatCompletion();
  assertEquals(streamed.choices[0]?.message.parsed, expected);
});
