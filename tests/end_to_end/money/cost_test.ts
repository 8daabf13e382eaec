/** What a call cost, wherever it is told: headers, usage, log, metrics, on every surface that has a place for it. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { KINDS, makeCall } from "../../charges/calls.ts";
import { settingsFor } from "../../charges/run_charges.ts";
import { startChargingProviders } from "../../charges/charging_provider.ts";
import { type Plan, textOf } from "../../charges/plan.ts";
import { readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { openSocket } from "../../support/socket_client.ts";
import { workingDirectory } from "../../support/working_directory.ts";

const WELL: Plan = { call: "c", mode: "well", seed: 1 };

async function ask(weir: Program, path: string, body: object, call: string) {
  const response = await fetch(weir.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", "x-request-id": call },
    body: JSON.stringify(body),
  });
  return { cost: response.headers.get("x-weir-cost"), text: await response.text() };
}

const chatOf = (call: string, model: string, stream = false) => ({
  model,
  stream,
  ...(stream && { stream_options: { include_usage: true } }),
  messages: [{ role: "user", content: textOf({ ...WELL, call }) }],
});

/** The last usage of a stream of events. */
function lastUsage(text: string): { readonly cost?: number } | undefined {
  return text.split("\n").filter((line) => line.startsWith("data: {")).map((line) => {
    const event = JSON.parse(line.slice("data: ".length));
    return event.usage ?? event.response?.usage;
  }).findLast((usage) => usage);
}

async function lineOf(weir: Program, call: string, member = "request_id") {
  const pattern = new RegExp(`^.*"message":"call".*"${member}":"${call}".*$`, "m");
  const [line] = await weir.printed(pattern);
  return JSON.parse(line);
}

async function checkOthers(
  test: Deno.TestContext,
  weir: Program,
  charged: (call: string) => number,
): Promise<void> {
  await test.step("nobody knows a price: null in the log, and no header", async () => {
    const { cost } = await ask(weir, "/v1/chat/completions", chatOf("unknown", "own"), "unknown");
    assertEquals([cost, (await lineOf(weir, "unknown")).cost], [null, null]);
  });

  await test.step("a client that leaves: what it heard is estimated", async () => {
    const streamed = KINDS.find(({ name, stream }) => stream && name.startsWith("chat of gpt"));
    assert(streamed !== undefined);
    // Its stream is no burst.
    await makeCall(weir.url, streamed, { call: "left", mode: "well", seed: 6 }, true);
    const line = await lineOf(weir, "left");
    assertEquals([line.outcome, line.cost_estimated], ["client_gone", true]);
    assert(line.cost > 0);
  });

  await test.step("a request on a socket", async () => {
    await using socket = await openSocket(weir.url);
    socket.ask("socket", textOf({ ...WELL, call: "socket" }), { model: "gpt" });
    await socket.ended("socket");
    assertAlmostEquals((await lineOf(weir, "websocket", "surface")).cost, charged("socket"), 1e-12);
  });

  await test.step("metrics have the same sum, by model and by key", async () => {
    const { sum } = await readMetrics(weir.url);
    const lines = weir.output().split("\n").filter((line) => line.includes(`"message":"call"`))
      .map((line) => JSON.parse(line));
    const told = lines.reduce((sum, { cost }) => sum + (cost ?? 0), 0);
    assertAlmostEquals(sum("weir_cost_usd_total"), told, 1e-9);
    assertAlmostEquals(sum("weir_key_cost_usd_total"), told, 1e-9);
    assertEquals(sum("weir_priced_calls_total"), lines.length);
  });
}

Deno.test("what a call cost is told where its client and its operator look for it", async (test) => {
  await using providers = startChargingProviders();
  const { books, origin } = providers;
  const config = {
    prices: {
      aliases: { gift: { input: 0 } },
      models: [{ provider: "mine", model: "known-*", input: 1, output: 2, request: 0.5 }],
    },
    metrics: { costByKey: "on" },
    routing: { aliases: { gift: ["openai/gpt-4o"] } },
  };
  await using directory = await workingDirectory({ "weir.jsonc": JSON.stringify(config) });
  await using weir = await startProgram({ cwd: directory.path, env: settingsFor(origin, false) });
  const charged = (call: string): number => books.of(call)[0]?.usd ?? NaN;

  await test.step("below /api/v1: in the usage of whole answers and of streams", async () => {
    for (const model of ["gpt", "claude"]) {
      const [call, streamed] = [`whole-${model}`, `streamed-${model}`];
      const whole = await ask(weir, "/api/v1/chat/completions", chatOf(call, model), call);
      assertAlmostEquals(JSON.parse(whole.text).usage.cost, charged(call), 1e-12);
      assertEquals(Number(whole.cost), JSON.parse(whole.text).usage.cost);
      const body = chatOf(streamed, model, true);
      const { text } = await ask(weir, "/api/v1/chat/completions", body, streamed);
      assertAlmostEquals(lastUsage(text)?.cost ?? NaN, charged(streamed), 1e-12);
    }
    const body = { ...chatOf("inferred", "gpt", true), stream: undefined };
    const { text } = await ask(weir, "/api/v1/inference/stream", body, "inferred");
    assertAlmostEquals(lastUsage(text)?.cost ?? NaN, charged("inferred"), 1e-12);
  });

  await test.step("below /api/v1: as the provider states it, where it does", async () => {
    const { text } = await ask(
      weir,
      "/api/v1/chat/completions",
      chatOf("stated", "stated"),
      "stated",
    );
    assertEquals(JSON.parse(text).usage.cost, charged("stated"));
  });

  await test.step("elsewhere answers pass as they are", async () => {
    const { text, cost } = await ask(weir, "/v1/chat/completions", chatOf("plain", "gpt"), "plain");
    assertEquals(JSON.parse(text).usage.cost, undefined);
    assertAlmostEquals(Number(cost), charged("plain"), 1e-12);
  });

  await test.step("prices of the configuration, by pattern and by alias", async () => {
    await ask(weir, "/v1/chat/completions", chatOf("known", "mine/known-1"), "known");
    const { cost, input_tokens, output_tokens } = await lineOf(weir, "known");
    assertAlmostEquals(cost, 0.5 + (input_tokens + 2 * output_tokens) / 1e6, 1e-12);
    const gift = await ask(weir, "/v1/chat/completions", chatOf("gift", "gift"), "gift");
    assertEquals([gift.cost, (await lineOf(weir, "gift")).cost], ["0", 0]);
  });

  await checkOthers(test, weir, charged);
});

Deno.test("a realtime socket costs what its answers count, sounds at their own price", async () => {
  const usage = {
    total_tokens: 300,
    input_tokens: 200,
    output_tokens: 100,
    input_token_details: { text_tokens: 50, audio_tokens: 150, cached_tokens: 0 },
    output_token_details: { text_tokens: 10, audio_tokens: 90 },
  };
  await using provider = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) => {
      if (!request.headers.has("upgrade")) return Response.json({ object: "list", data: [] });
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = () =>
        socket.send(JSON.stringify({ type: "response.done", response: { id: "resp_1", usage } }));
      return response;
    },
  );
  const base = `http://127.0.0.1:${provider.addr.port}/v1`;
  await using weir = await startProgram({
    env: {
      OPENAI_BASE_URL: base,
      OPENAI_API_KEY: "sk-of-a-stand-in",
      MODEL_ALIASES: "voice=openai/gpt-realtime",
    },
  });
  const socket = new WebSocket(`${weir.url.replace("http", "ws")}/v1/realtime?model=voice`);
  const [answered, closed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  socket.onopen = () => socket.send(JSON.stringify({ type: "response.create" }));
  socket.onmessage = () => answered.resolve();
  socket.onclose = () => closed.resolve();
  await answered.promise;
  socket.close();
  await closed.promise;
  const { cost } = await lineOf(weir, "realtime", "surface");
  assertAlmostEquals(cost, (50 * 4 + 150 * 32 + 10 * 16 + 90 * 64) / 1e6, 1e-12);
});
