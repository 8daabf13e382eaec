/** The script by itself in a real Redis, with the test's time in place of the server's. */

import { assert, assertEquals } from "@std/assert";
import { Redis } from "ioredis";
import type { LimitDecision, LimitDemand, LimitRule } from "../../src/limits/limit_store.ts";
import {
  LIMIT_SCRIPT,
  readDecision,
  scriptCall,
} from "../../src/limits/redis/redis_limit_script.ts";
import { MAX_LIMIT, MAX_WINDOW_MS } from "../../src/limits/token_bucket.ts";
import { seededRandom } from "../framing/cuts.ts";
import { ModelStore } from "../limits/memory/limit_model.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";
import { startRedis } from "./redis_server.ts";

const RULE: LimitRule = { name: "all", limit: 4, windowMs: 4_000 };
const START_MS = 1_700_000_000_000;

/**
 * The script with its time as last two arguments, and with buckets that stay for a day longer: while the
 * test's time flies, that of the server's expiry does not.
 */
const TIMED_SCRIPT = replaceOnce(
  replaceOnce(LIMIT_SCRIPT, 'redis.call("TIME")', "{ ARGV[#ARGV - 1], ARGV[#ARGV] }"),
  "EXPIRY_SLACK_MS = 1000",
  "EXPIRY_SLACK_MS = 86400000",
);

function replaceOnce(text: string, before: string, after: string): string {
  const parts = text.split(before);
  if (parts.length !== 2) throw new Error(`"${before}" is ${parts.length - 1} times in the script`);
  return parts.join(after);
}

class TimedScript {
  readonly #client: Redis;
  nowMs = START_MS;

  constructor(client: Redis) {
    this.#client = client;
  }

  take(demands: readonly LimitDemand[]): Promise<LimitDecision> {
    return this.#run("take", demands);
  }

  settle(demand: LimitDemand): Promise<LimitDecision> {
    return this.#run("settle", [demand]);
  }

  async #run(
    mode: "take" | "settle",
    demands: readonly LimitDemand[],
  ): Promise<LimitDecision> {
    const { keys, values } = scriptCall(mode, demands);
    const time = [Math.floor(this.nowMs / 1_000), this.nowMs % 1_000 * 1_000 + 999];
    const answer = await this.#client.eval(TIMED_SCRIPT, keys.length, ...keys, ...values, ...time);
    const decision = readDecision(answer, demands);
    if (decision === undefined) throw new Error(`The answer is ${JSON.stringify(answer)}`);
    return decision;
  }
}

/** Limits and windows of all magnitudes. */
function randomRule(random: () => number, name: string): LimitRule {
  const upTo = (largest: number) =>
    random() < 0.2
      ? largest - Math.floor(random() * 100)
      : Math.min(largest, Math.floor(Math.exp(random() * Math.log(largest))));
  return { name, limit: upTo(MAX_LIMIT), windowMs: upTo(MAX_WINDOW_MS) };
}

function randomDemands(random: () => number, rules: readonly LimitRule[]): LimitDemand[] {
  const key = `client ${Math.floor(random() * 3)}`;
  const first = Math.floor(random() * rules.length);
  return Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index) => {
    const rule = rules[(first + index) % rules.length]!;
    const cost = random() < 0.5 ? 1 : Math.floor(random() * random() * 1.1 * rule.limit);
    return { rule, key, cost };
  });
}

Deno.test(`The script decides as the exact model does, whatever the limits, FUZZ_SEED=${FIRST_SEED}`, async () => {
  await using redis = await startRedis();
  const endMs = performance.now() + fuzzSeconds(0) * 1_000;
  let admitted = 0;
  let denied = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 200 || performance.now() < endMs; seed++) {
    const random = seededRandom(seed);
    const script = new TimedScript(redis.client);
    const model = new ModelStore();
    const rules = ["a", "b", "c", "d"].map((name) => randomRule(random, `${name}${seed}`));
    for (let step = 0; step < 100; step++) {
      const { windowMs, limit } = rules[Math.floor(random() * rules.length)]!;
      const share = [0, 1 / limit, random() / 10, random() * 2][Math.floor(random() * 4)]!;
      script.nowMs += Math.floor(share * windowMs);
      const demands = randomDemands(random, rules);
      const decision = await script.take(demands);
      if (decision.isAllowed) admitted++;
      else denied++;
      assertEquals(decision, model.take(demands, script.nowMs), `seed ${seed}, step ${step}`);
      if (random() < 0.2) {
        const [{ rule, key }] = demands as [LimitDemand];
        const demand = { rule, key, cost: Math.floor((random() - 0.5) * 24 * rule.limit) };
        await script.settle(demand);
        model.settle(demand, script.nowMs);
      }
    }
  }
  assert(admitted > 500 && denied > 500, `${admitted} were admitted, ${denied} denied`);
});

Deno.test("A clock of the server that steps back gives nothing and keeps no one waiting", async () => {
  await using redis = await startRedis();
  const script = new TimedScript(redis.client);
  const take = async (cost = 1) => (await script.take([{ rule: RULE, key: "a", cost }]));
  await take(4);
  script.nowMs -= 3_600_000;
  assertEquals((await take()).states[0]!.retryAfterMs, 1_000);
  script.nowMs += 999;
  assertEquals((await take()).isAllowed, false);
  script.nowMs += 1;
  assertEquals((await take()).isAllowed, true);
  assertEquals((await take()).isAllowed, false);
});

Deno.test("No bucket outlives the time in which it is not full", async () => {
  await using redis = await startRedis();
  const { client } = redis;
  const rules = [10, 1_000, 86_400_000].map((windowMs) => ({ ...RULE, windowMs }));
  const run = async (mode: "take" | "settle", cost: number) => {
    const { keys, values } = scriptCall(mode, rules.map((rule) => ({ rule, key: "a", cost })));
    await client.eval(LIMIT_SCRIPT, keys.length, ...keys, ...values);
    return await Promise.all(keys.map((key) => client.pttl(key)));
  };
  // Without a key it is -2, without an expiry -1.
  for (const [index, ttlMs] of (await run("take", 4)).entries()) {
    const { windowMs } = rules[index]!;
    assert(ttlMs > 0 && ttlMs <= windowMs + 1_000, `${ttlMs} ms in a window of ${windowMs}`);
  }
  assertEquals(await run("settle", -4), [-2, -2, -2], "all are full");
  assertEquals(await run("take", 0), [-2, -2, -2], "looked at");
  for (const [index, ttlMs] of (await run("settle", 1e9)).entries()) {
    const { windowMs } = rules[index]!;
    assert(ttlMs > 0 && ttlMs <= 10 * windowMs + 1_000, `${ttlMs} ms in a window of ${windowMs}`);
  }
});

Deno.test("Whatever others have put in a bucket's place, it counts as full", async () => {
  await using redis = await startRedis();
  const { client } = redis;
  const script = new TimedScript(client);
  const demand = { rule: RULE, key: "a", cost: 1 };
  const [name = ""] = scriptCall("take", [demand]).keys;
  const plants = [
    () => client.set(name, "not a bucket"),
    () => client.set(name, "1 2"),
    () => client.set(name, ""),
    () => client.rpush(name, "x"),
    () => client.hset(name, "a", "b"),
  ];
  for (const plant of plants) {
    await client.del(name);
    await plant();
    const { states: [state], isAllowed } = await script.take([demand]);
    assertEquals([isAllowed, state?.remaining], [true, 3]);
    assertEquals((await script.take([demand])).states[0]?.remaining, 2);
  }
});

Deno.test("A time of the far future keeps no one waiting for longer than the window", async () => {
  await using redis = await startRedis();
  const { client } = redis;
  const script = new TimedScript(client);
  const demand = { rule: RULE, key: "a", cost: 1 };
  const [name = ""] = scriptCall("take", [demand]).keys;
  const plants = [
    `99999999999999 0 ${START_MS}`,
    `${START_MS + 40_001} 0 ${START_MS}`,
    `${"9".repeat(400)} 0 ${START_MS}`,
    `${"9".repeat(400)} 0 ${"9".repeat(400)}`,
    `${START_MS} ${"9".repeat(30)} ${START_MS}`,
  ];
  for (const plant of plants) {
    await client.set(name, plant);
    script.nowMs = START_MS;
    const { isAllowed, states: [state] } = await script.take([demand]);
    assertEquals([isAllowed, state?.retryAfterMs], [false, 1_000], plant);
    script.nowMs += 1_000;
    assertEquals((await script.take([demand])).isAllowed, true, plant);
  }
});
