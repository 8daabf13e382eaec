/**
 * The WebSocket of the OpenRouter service: the document's example and messages, several requests on one
 * connection, and what becomes of a request when its client no longer wants it.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertSoon } from "../../support/assert_soon.ts";
import { isJsonObject } from "../../../src/core/text/json.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { startProvider } from "../../support/provider.ts";
import { OPENROUTER_KEY, startOpenrouter } from "../../support/providers/openrouter.ts";
import { inferenceRequest, isEnd, openSocket } from "../../support/socket_client.ts";
import { endedWith, together } from "../../support/together.ts";
import { startWeirWithoutLimits as startWeir } from "../../support/without_limits.ts";
import { webSocketExample } from "./websocket_example.js";

const test = together("requests over a WebSocket to one gateway", async () => {
  const provider = startProvider();
  return endedWith({ provider, weir: await startWeir(provider) });
});

/** What the document's example prints, up to the end of its connection. */
async function printedByExample(weir: Program): Promise<readonly (readonly string[])[]> {
  const printed: string[][] = [];
  const ended = Promise.withResolvers<void>();
  const print = (...texts: string[]): void => {
    printed.push(texts);
    // The example itself leaves its connection open.
    if (texts[0] === "Finished:" || texts[0] === "Error:") socket.close();
    if (texts[0] === "WebSocket connection closed") ended.resolve();
  };
  const socket = webSocketExample(weir.url.replace("http", "ws"), { log: print, error: print });
  await ended.promise;
  return printed;
}

Deno.test("the document's example prints the pieces, one finish and the close", async () => {
  await using builtIn = await startProgram();
  const end = [["Finished:", "stop"], ["WebSocket connection closed"]];
  assertEquals(await printedByExample(builtIn), [["hello"], [" world"], ...end]);
  await using openrouter = startOpenrouter();
  await using weir = await startProgram({
    env: { OPENROUTER_API_KEY: OPENROUTER_KEY, OPENROUTER_BASE_URL: openrouter.origin },
  });
  assertEquals(await printedByExample(weir), [["Hello"], [" from"], [" Zürich"], ...end]);
});

test("an answer comes in pieces with the document's fields, the last with the usage", async ({ weir, provider }) => {
  await using client = await openSocket(weir.url);
  const extra = { temperature: 0.7, max_tokens: 100, provider: { order: ["a"] }, top_a: 0.5 };
  client.ask("req-123", "hi", extra);
  const last = await client.ended("req-123");
  const pieces = client.messages.slice(0, -1);
  assertEquals(pieces.map(({ type, id }) => [type, id]), [
    ["inference_response", "req-123"],
    ["inference_response", "req-123"],
  ]);
  const { created, usage, ...rest } = isJsonObject(last.data) ? last.data : {};
  assertEquals(typeof created, "number");
  assert(isJsonObject(usage) && usage.total_tokens !== undefined);
  assertEquals(rest, { content: "", finish_reason: "stop", model: "fake-model" });
  assertEquals(pieces.map(({ data }) => data), [
    { content: "hello", finish_reason: null, model: "fake-model", created },
    { content: " world", finish_reason: null, model: "fake-model", created },
  ]);
  const { messages, ...sent } = JSON.parse(provider.requests.at(-1)?.body ?? "");
  assertEquals(messages, [{ role: "user", content: "hi" }]);
  assertEquals(sent, {
    stream_options: { include_usage: true },
    model: "any-model",
    ...extra,
    stream: true,
  });
});

test("with `stream: false` the answer is one message, as in the document", async ({ weir }) => {
  await using client = await openSocket(weir.url);
  client.ask("whole", "hi", { stream: false });
  const { data } = await client.ended("whole");
  assertEquals(client.messages.length, 1);
  const { created, usage, ...rest } = isJsonObject(data) ? data : {};
  assertEquals([typeof created, isJsonObject(usage)], ["number", true]);
  assertEquals(rest, { content: "hello world", finish_reason: "stop", model: "fake-model" });
});

test("reasoning and tool calls come as members of their own, in both forms", async ({ weir }) => {
  await using client = await openSocket(weir.url);
  const prompt = `[reasoning=hm] [tool=look_up {"city":"Zürich"}]`;
  client.ask("streamed", prompt);
  client.ask("whole", prompt, { stream: false });
  const whole = (await client.ended("whole")).data;
  const last = (await client.ended("streamed")).data;
  assert(isJsonObject(whole) && isJsonObject(last));
  assertEquals([whole.reasoning, whole.content], ["hm", ""]);
  assertEquals([whole.finish_reason, last.finish_reason], ["tool_calls", "tool_calls"]);
  const [call] = Array.isArray(whole.tool_calls) ? whole.tool_calls : [];
  assertEquals(call.function, { name: "look_up", arguments: `{"city":"Zürich"}` });

  const parts = client.messages.filter(({ id }) => id === "streamed")
    .map(({ data }) => isJsonObject(data) ? data : {});
  assertEquals(parts.map(({ reasoning }) => reasoning ?? "").join(""), "hm");
  const deltas = parts.flatMap((part) => Array.isArray(part.tool_calls) ? part.tool_calls : []);
  assertEquals(deltas[0].function.name, "look_up");
  assertMatch(deltas[0].id, /^call_/);
  assertEquals(
    deltas.map((delta) => delta.function.arguments).join(""),
    `{"city":"Zürich"}`,
  );
  assertEquals(client.contentOf("streamed"), "");
});

test("requests on one connection are answered side by side, each under its id", async ({ weir }) => {
  await using client = await openSocket(weir.url);
  client.ask("slow", "[tokens=30] [pace=60]");
  await client.received(({ id }) => id === "slow");
  client.ask("failing", "[500]");
  client.ask("fast", "hi");
  await Promise.all(["failing", "fast", "slow"].map((id) => client.ended(id)));
  const ends = client.messages.filter(isEnd).map(({ id, type }) => [id, type]);
  assertEquals(ends.length, 3, "each has one end");
  assertEquals(ends.at(-1), ["slow", "inference_response"]);
  assertEquals(client.contentOf("fast"), "hello world");
  assertEquals(client.messages.filter(({ id }) => id === "slow").length, 31);
});

test("an id may be used again once its request has ended, and not before", async ({ weir }) => {
  await using client = await openSocket(weir.url);
  client.ask("a", "[tokens=9999] [pace=20]");
  await client.received(({ type }) => type === "inference_response");
  client.ask("a", "hi");
  const refused = await client.received(({ type }) => type === "error");
  assertEquals([refused.id, isJsonObject(refused.error) && refused.error.code], ["a", 400]);
  const seen = client.messages.length;
  await client.received((message) => client.messages.indexOf(message) > seen + 2);
  assert(client.messages.slice(seen).every(({ type }) => type === "inference_response"));
  client.send({ type: "cancel", id: "a" });
  assertEquals(await client.received(({ type }) => type === "cancelled"), {
    type: "cancelled",
    id: "a",
  });
  const before = client.messages.length;
  client.ask("a", "hi");
  await client.received((message) => isEnd(message) && client.messages.indexOf(message) > before);
  assertEquals(
    client.messages.slice(before).map(({ data }) => isJsonObject(data) && data.content),
    [
      "hello",
      " world",
      "",
    ],
  );
});

for (
  const [title, prompt, hasContent] of [
    ["in mid-stream", "[tokens=9999] [pace=5]", true],
    ["in a silence", "[tokens=9999] [stall=4]", true],
    ["before the first byte", "[slow=60000]", false],
  ] as const
) {
  test(`a request cancelled ${title} is cancelled upstream, and its neighbour is not`, async ({ weir, provider }) => {
    await assertSoon(async () => {
      const sinceMs = performance.now();
      await using client = await openSocket(weir.url);
      client.ask("unwanted", prompt);
      await provider.answered("open", sinceMs);
      if (hasContent) await client.received(({ id }) => id === "unwanted");
      client.ask("wanted", "[tokens=40] [pace=40]");
      await client.received(({ id }) => id === "wanted");
      const atMs = performance.now();
      client.send({ type: "cancel", id: "unwanted" });
      const tookMs = (await provider.answered("cancelled", atMs)).atMs - atMs;
      assertEquals((await client.ended("wanted")).type, "inference_response");
      const ends = client.messages.filter(isEnd);
      assertEquals(ends.map(({ id, type }) => [id, type]), [
        ["unwanted", "cancelled"],
        ["wanted", "inference_response"],
      ]);
      return tookMs;
    });
    await weir.printed(/"outcome":"client_gone"/);
  });
}

for (
  const [title, leave] of [
    ["with a close frame", (client) => client.socket.close(1000)],
    ["with a close message", (client) => client.send({ type: "close", code: 1000, reason: "bye" })],
    ["without a word", (client) => client.socket.terminate()],
  ] as readonly [string, (client: Awaited<ReturnType<typeof openSocket>>) => void][]
) {
  test(`a client that leaves ${title} takes all its requests with it`, async ({ weir, provider }) => {
    await assertSoon(async () => {
      await using client = await openSocket(weir.url);
      const prompts = ["[slow=60000]", "[tokens=9999] [stall=4]", "[tokens=9999] [pace=5]"];
      for (const [index, prompt] of prompts.entries()) client.ask(`r${index}`, prompt);
      await client.received(({ id }) => id === "r2");
      await client.received(({ id }) => id === "r1");
      const atMs = performance.now();
      leave(client);
      return (await provider.answered("cancelled", atMs, 3)).atMs - atMs;
    });
    await weir.printed(/"message":"websocket".*"requests":3,"close_code":(1000|1006)/);
  });
}

test("a close message is answered: each request is cancelled, then both sides close", async ({ weir, provider }) => {
  const sinceMs = performance.now();
  await using client = await openSocket(weir.url);
  client.ask("a", "[slow=60000]");
  await provider.answered("open", sinceMs);
  client.send({ type: "close", code: 4321, reason: "enough" });
  assertEquals(await client.closed, { code: 4321, reason: "enough" });
  assertEquals(client.messages, [
    { type: "cancelled", id: "a" },
    { type: "close", code: 4321, reason: "enough" },
  ]);
});

test("a request of ten megabytes reaches its upstream", async ({ weir, provider }) => {
  await using client = await openSocket(weir.url);
  const image = "A".repeat(10_000_000);
  const content = [{ type: "image_url", image_url: { url: `data:image/png;base64,${image}` } }];
  client.send(inferenceRequest("big", "", { messages: [{ role: "user", content }] }));
  assertEquals((await client.ended("big")).type, "inference_response");
  assert((provider.requests.at(-1)?.body.length ?? 0) > image.length);
});
