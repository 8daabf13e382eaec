/** OpenAI's own client for Node, its Responses: every method, at every provider. */

import OpenAI from "openai";
import { ResponsesWS } from "openai/resources/responses/ws";
import { zodResponsesFunction, zodTextFormat } from "openai/helpers/zod";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { z } from "zod";
import { CHAT_TEXT } from "../support/providers/strict_chat.ts";
import { ANTHROPIC_TEXT } from "../support/providers/anthropic.ts";
import { RESPONSES_TEXT } from "../support/providers/responses.ts";
import { RESPONSES_WAYS, throughChat, throughFake } from "../support/responses_ways.ts";
import type { OpenWay } from "../support/messages_ways.ts";
import type { StandIn } from "../support/providers/stand_in.ts";

const TEXTS = [CHAT_TEXT, ANTHROPIC_TEXT, RESPONSES_TEXT, "hello world"];

function clientOf({ origin, key }: OpenWay<StandIn>): OpenAI {
  return new OpenAI({ apiKey: key, baseURL: `${origin}/v1`, maxRetries: 0 });
}

const Weather = z.object({ city: z.string() });

for (const way of RESPONSES_WAYS) {
  Deno.test(`openai.responses at ${way.name}`, async (test) => {
    await using open = await way.open();
    const client = clientOf(open);
    const { model } = open;
    await test.step("create", async () => {
      const response = await client.responses.create({ model, input: "Hi" });
      assert(TEXTS.includes(response.output_text), response.output_text);
      assertEquals([response.status, response.object], ["completed", "response"]);
      assert((response.usage?.total_tokens ?? 0) > 0);
    });
    await test.step("stream, put together by the client", async () => {
      const stream = client.responses.stream({ model, input: "Hi" });
      let text = "";
      stream.on("response.output_text.delta", ({ delta }) => text += delta);
      const response = await stream.finalResponse();
      assertEquals(response.output_text, text);
      assert(TEXTS.includes(text), text);
    });
    await test.step("a tool, and its result", async () => {
      const tools = [zodResponsesFunction({ name: "weather", parameters: Weather })];
      const prompt = way === throughFake ? '[tool=weather {"city":"Zürich"}]' : "Weather? [tool]";
      const first = await client.responses.parse({ model, input: prompt, tools });
      const call = first.output.find((item) => item.type === "function_call");
      assertEquals(call?.type === "function_call" && call.parsed_arguments, { city: "Zürich" });
      if (call?.type !== "function_call") return;
      const second = await client.responses.create({
        model,
        tools,
        previous_response_id: first.id,
        input: [{ type: "function_call_output", call_id: call.call_id, output: "rain" }],
      });
      assertEquals(second.previous_response_id, first.id);
      if (way !== throughFake) assert(second.output_text.includes("rain"), second.output_text);
    });
    await test.step("retrieve, its items, delete", async () => {
      const { id } = await client.responses.create({ model, input: "Hi" });
      assertEquals((await client.responses.retrieve(id)).id, id);
      await client.responses.inputItems.list(id);
      await client.responses.delete(id);
      const error = await assertRejects(() => client.responses.retrieve(id), OpenAI.APIError);
      assertEquals(error.status, 404);
    });
    await test.step("nothing of a response that nobody knows", async () => {
      const input = { model, input: "Hi", previous_response_id: "resp_of_nobody" };
      const error = await assertRejects(
        () => client.responses.create(input),
        OpenAI.BadRequestError,
      );
      assertEquals(error.code, "previous_response_not_found");
    });
  });
}

Deno.test("openai.responses in the background, at a provider that has none", async () => {
  await using open = await throughFake.open();
  const client = clientOf(open);
  const begun = await client.responses.create({
    model: open.model,
    input: "[tokens=40] [pace=20]",
    background: true,
  });
  assertEquals(begun.status, "queued");
  let last = -1;
  for await (const event of await client.responses.retrieve(begun.id, { stream: true })) {
    last = event.sequence_number;
    if (last === 10) break;
  }
  const rest = await client.responses.retrieve(begun.id, { stream: true, starting_after: last });
  let terminal = "";
  for await (const event of rest) {
    assertEquals(event.sequence_number, ++last);
    terminal = event.type;
  }
  assertEquals(terminal, "response.completed");
  const long = await client.responses.create({
    model: open.model,
    input: "[tokens=500] [pace=20]",
    background: true,
  });
  assertEquals((await client.responses.cancel(long.id)).status, "cancelled");
});

Deno.test("openai.responses.parse() of a schema, at a provider of chat", async () => {
  await using open = await throughFake.open();
  const text = { format: zodTextFormat(Weather, "weather") };
  const { model } = open;
  const response = await clientOf(open).responses.parse({ model, input: "Weather?", text });
  assertEquals(typeof response.output_parsed?.city, "string");
});

Deno.test("openai.responses with background at a provider of chat that is strict", async () => {
  await using open = await throughChat.open();
  const client = clientOf(open);
  const { id } = await client.responses.create({
    model: open.model,
    input: "Hi",
    background: true,
    stream: false,
  });
  for await (const event of await client.responses.retrieve(id, { stream: true })) {
    assert(event.type !== "response.failed");
  }
  assertEquals((await client.responses.retrieve(id)).output_text, CHAT_TEXT);
});

for (const way of RESPONSES_WAYS) {
  Deno.test(`OpenAI's ResponsesWS at ${way.name}`, async () => {
    await using open = await way.open();
    const { weir, key, model } = open;
    const client = new OpenAI({ apiKey: key, baseURL: `${weir?.url}/v1`, maxRetries: 0 });
    const socket = new ResponsesWS(client);
    const ended = Promise.withResolvers<string>();
    const types: string[] = [];
    socket.on("error", (error) => ended.reject(error));
    socket.on("event", (event) => {
      types.push(event.type);
      if (event.type === "response.completed") ended.resolve(event.response.output_text ?? "");
    });
    socket.send({ type: "response.create", model, input: "Hi" });
    await ended.promise;
    socket.close();
    assertEquals(types[0], "response.created");
    assert(types.includes("response.output_text.delta"), types.join());
  });
}
