/** Counters of budgets that several gateways share through Redis. */

import { assert, assertEquals } from "@std/assert";
import type { BudgetStore } from "../../src/limits/budgets/budget_store.ts";
import { counterOf, demandOf, testBudgetStore } from "../limits/budgets/budget_store_suite.ts";
import { LEAVES_TIMERS, openStore } from "./open_store.ts";
import { startRedis } from "./redis_server.ts";

async function openShared(url: string) {
  const opened = openStore(url, { share: 0.5 });
  await opened.lines.written("limits are shared");
  return opened;
}

testBudgetStore("RedisBudgetStore", async () => {
  const redis = await startRedis();
  const opened = await openShared(redis.url);
  return {
    store: opened.budgets,
    [Symbol.asyncDispose]: async () => {
      opened[Symbol.dispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
});

/** 500 calls of 5 cents at once, each of which reserves 10; how much all have spent. */
async function burst(stores: readonly BudgetStore[]): Promise<number> {
  const counter = counterOf("burst");
  await stores[0]!.raise(counter, 0, 10_000_000);
  const calls = Array.from({ length: 500 }, async (_, index) => {
    const store = stores[index % stores.length]!;
    const { kind, hold } = await store.reserve([demandOf(counter, 100_000, 10_000_000)]);
    if (kind !== "reserved") return false;
    await store.settle(hold, [{ counter, micros: 50_000, budgetMicros: 10_000_000 }]);
    return true;
  });
  return 50_000 * (await Promise.all(calls)).filter((isPaid) => isPaid).length;
}

Deno.test("Two gateways spend a budget up to its end and no further", async () => {
  await using redis = await startRedis();
  using left = await openShared(redis.url);
  using right = await openShared(redis.url);
  const stores = [left.budgets, right.budgets];
  let spent = 0;
  // Calls that have ended leave room for others, until there is none for a single one.
  for (let more = await burst(stores); more > 0; more = await burst(stores)) spent += more;
  const [state] = await left.budgets.read([counterOf("burst")]);
  assertEquals(state, { spent, reserved: 0, isLoaded: true });
  assert(spent > 9_900_000 && spent <= 10_000_000, `${spent}`);
});

Deno.test("What a gateway that died had reserved counts as spent after a while, and is settled late", async () => {
  await using redis = await startRedis();
  using opened = await openShared(redis.url);
  const { budgets } = opened;
  const counter = counterOf("a");
  await budgets.raise(counter, 0, 1_000);
  const dead = await budgets.reserve([demandOf(counter, 300)]);
  const late = await budgets.reserve([demandOf(counter, 400)]);
  // An hour passes: each is kept until a time that has come.
  const held = `weir:{budgets}:a:${counter.startMs}:held`;
  const members = await redis.client.zrange(held, "0", "-1");
  for (const member of members) await redis.client.zadd(held, 1, member);
  assertEquals(await budgets.read([counter]), [{ spent: 700, reserved: 0, isLoaded: true }]);
  await budgets.settle(late.hold, [{ counter, micros: 100, budgetMicros: 1_000 }]);
  assertEquals(await budgets.read([counter]), [{ spent: 400, reserved: 0, isLoaded: true }]);
  assertEquals(dead.kind, "reserved");
  assertEquals(await redis.client.zcard(held), 0);
});

Deno.test("Counters are kept until some time after their period, and what is none is replaced", async () => {
  await using redis = await startRedis();
  using opened = await openShared(redis.url);
  const counter = counterOf("a");
  const key = `weir:{budgets}:a:${counter.startMs}`;
  await redis.client.set(key, "something else");
  await opened.budgets.raise(counter, 5, 1_000);
  await opened.budgets.reserve([demandOf(counter, 7)]);
  const leftMs = counter.endMs - Date.now();
  for (const name of [key, `${key}:held`]) {
    const expiryMs = await redis.client.pttl(name);
    assert(expiryMs > leftMs && expiryMs < leftMs + 3 * 3_600_000, `${name}: ${expiryMs} ms`);
  }
});

Deno.test({
  name: "While Redis is away a gateway grants a share of what was left, and tells of it afterwards",
  ...LEAVES_TIMERS,
  fn: async () => {
    await using redis = await startRedis();
    using opened = await openShared(redis.url);
    const { budgets, lines } = opened;
    const counter = counterOf("a");
    await budgets.raise(counter, 200, 1_000);
    const before = await budgets.reserve([demandOf(counter, 100)]);
    await redis.kill();
    await lines.written("limits are not shared");
    await budgets.settle(before.hold, [{ counter, micros: 40, budgetMicros: 1_000 }]);
    // 700 were left, of which the half is granted.
    const alone = await budgets.reserve([demandOf(counter, 350)]);
    assertEquals(alone.kind, "reserved");
    assertEquals((await budgets.reserve([demandOf(counter, 1)])).kind, "refused");
    await budgets.settle(alone.hold, [{ counter, micros: 250, budgetMicros: 1_000 }]);
    await redis.restart();
    await lines.written("limits are shared", 2);
    // Redis has lost everything, so that the counter is loaded anew.
    assertEquals((await budgets.reserve([demandOf(counter, 1)])).kind, "unloaded");
    const [state] = await budgets.read([counter]);
    assertEquals(state, { spent: 290, reserved: 0, isLoaded: false });
  },
});
