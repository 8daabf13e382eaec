/** Two gateways that keep answers in one Redis. */

import { assert, assertEquals } from "@std/assert";
import { ADMIN_ENV, adminOf } from "../support/admin.ts";
import { type Program, startProgram } from "../support/program.ts";
import {
  type CountingProvider,
  startCountingProvider,
} from "../end_to_end/money/counting_provider.ts";
import { until } from "../support/until.ts";
import { startRedis } from "./redis_server.ts";

const TIMEOUT_MS = 2_000;

async function startGateway(redis: string, { baseUrl }: CountingProvider): Promise<Program> {
  const program = await startProgram({
    env: {
      ...ADMIN_ENV,
      OPENAI_API_KEY: "sk-upstream",
      OPENAI_BASE_URL: baseUrl,
      OPENAI_FORMATS: "chat",
      CACHE: "on",
      CACHE_MODELS: "*",
      CACHE_STORE: "redis",
      RATE_LIMIT_STORE: redis,
      RATE_LIMIT_REDIS_TIMEOUT_MS: `${TIMEOUT_MS}`,
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
    },
  });
  await program.printed(/"message":"limits are shared"/);
  return program;
}

async function ask({ url }: Program, content: string, stream = false) {
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "m", stream, messages: [{ role: "user", content }] }),
  });
  const { status, headers } = response;
  return { status, cache: headers.get("x-weir-cache"), text: await response.text() };
}

/** Asks until the answer is kept, which is a moment after it was given. */
async function keep(weir: Program, content: string, stream = false) {
  const first = await ask(weir, content, stream);
  assertEquals([first.status, first.cache], [200, "miss"]);
  return await until(async () => {
    const again = await ask(weir, content, stream);
    return again.cache === "hit" && again;
  });
}

Deno.test("what one gateway has kept another one gives, until one forgets it or Redis is away", async (t) => {
  await using provider = startCountingProvider();
  await using redis = await startRedis();
  await using left = await startGateway(redis.url, provider);
  await using right = await startGateway(redis.url, provider);
  await t.step(
    "whole and streamed, byte for byte, letters of two bytes and more included",
    async () => {
      for (const stream of [false, true]) {
        const kept = await keep(left, "Größe 漢字 🐋", stream);
        assertEquals(await ask(right, "Größe 漢字 🐋", stream), kept);
      }
    },
  );

  await t.step("for no longer than they are given again", async () => {
    const names = await redis.client.keys("weir:{answers}:*");
    const times = await Promise.all(names.map((name) => redis.client.pttl(name)));
    // That of the generation has no end.
    assertEquals(times.filter((ms) => ms > 0 && ms <= 3_600_000).length, names.length - 1);
  });

  await t.step("a purge by one is one for all", async () => {
    const kept = await keep(left, "to be forgotten");
    assertEquals((await adminOf(right)("/cache", { method: "DELETE" })).json, { purged: true });
    const after = await ask(left, "to be forgotten");
    assertEquals(after.cache, "miss");
    assert(after.text !== kept.text);
    assertEquals((await adminOf(left)("/cache")).json, {
      enabled: true,
      answers: null,
      bytes: null,
    });
  });

  await t.step("what others have written there is no answer", async () => {
    await keep(left, "overwritten");
    const names = await redis.client.keys("weir:{answers}:*");
    const generation = await redis.client.get("weir:{answers}:generation");
    for (const name of names) {
      if (name.endsWith(":generation")) continue;
      await redis.client.set(name, `${generation} {"version":1,"text":"x"}`);
    }
    assertEquals((await ask(right, "overwritten")).cache, "miss");
    await redis.client.del("weir:{answers}:generation");
    await redis.client.lpush("weir:{answers}:generation", "a list");
    assertEquals((await ask(right, "overwritten too")).cache, "miss");
    await redis.client.del("weir:{answers}:generation");
  });

  await t.step("a Redis that stands still or is away is a miss, and a purge says so", async () => {
    const kept = await keep(left, "while it is away");
    redis.signal("SIGSTOP");
    const startedMs = performance.now();
    const slow = await ask(right, "while it is away");
    assertEquals([slow.status, slow.cache], [200, "miss"]);
    assert(performance.now() - startedMs < 5 * TIMEOUT_MS);
    redis.signal("SIGCONT");
    await redis.kill();
    await left.printed(/"message":"limits are not shared"/);
    const away = await ask(left, "while it is away");
    assertEquals([away.status, away.cache], [200, "miss"]);
    assert(away.text !== kept.text);
    const { status, json } = await adminOf(left)("/cache", { method: "DELETE" });
    assertEquals([status, json.error.code], [503, "cache_unreachable"]);
  });
});
