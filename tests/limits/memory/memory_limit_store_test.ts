/** The table of limits in memory, as one thread sees it; for several see shared_limits_test.ts. */

import { assert, assertEquals, assertThrows } from "@std/assert";
import type { LimitDemand, LimitRule } from "../../../src/limits/limit_store.ts";
import {
  createLimitMemory,
  MemoryLimitStore,
} from "../../../src/limits/memory/memory_limit_store.ts";
import { seededRandom } from "../../framing/cuts.ts";
import { FIRST_SEED, fuzzSeconds } from "../../support/fuzzing.ts";
import { ManualClock } from "../../transport/manual_clock.ts";
import { ModelStore } from "./limit_model.ts";

const RULE: LimitRule = { name: "all", limit: 4, windowMs: 4_000 };
const SMALLER: LimitRule = { name: "some", limit: 2, windowMs: 4_000 };

function start(maxBuckets = 1_000) {
  const clock = new ManualClock();
  const store = new MemoryLimitStore(createLimitMemory(maxBuckets, [1, 2, 3, 4]), clock);
  const take = (key: string, cost = 1, rule = RULE) => store.take([{ rule, key, cost }]);
  const remaining = (key: string, rule = RULE) => take(key, 0, rule).states[0]!.remaining;
  return { clock, store, take, remaining };
}

Deno.test("MemoryLimitStore.take() meets all demands or takes nothing of any", () => {
  const { store, remaining, clock } = start();
  const both = (): LimitDemand[] => [
    { rule: RULE, key: "a", cost: 1 },
    { rule: SMALLER, key: "a", cost: 1 },
  ];
  assertEquals(store.take(both()).isAllowed, true);
  assertEquals(store.take(both()), {
    isAllowed: true,
    states: [
      { rule: RULE, remaining: 2, resetMs: 2_000, retryAfterMs: 0 },
      { rule: SMALLER, remaining: 0, resetMs: 4_000, retryAfterMs: 0 },
    ],
  });
  assertEquals(store.take(both()), {
    isAllowed: false,
    states: [
      { rule: RULE, remaining: 2, resetMs: 2_000, retryAfterMs: 0 },
      { rule: SMALLER, remaining: 0, resetMs: 4_000, retryAfterMs: 2_000 },
    ],
  });
  assertEquals(remaining("a"), 2);
  clock.advance(2_000);
  assertEquals(store.take(both()).isAllowed, true);
});

Deno.test("MemoryLimitStore.take() tells what can never be met from what can be later", () => {
  const { take, remaining } = start();
  assertEquals(take("a", 5).states[0]!.retryAfterMs, Infinity);
  assertEquals(remaining("a"), 4);
  take("a", 4);
  assertEquals(take("a", 4).states[0]!.retryAfterMs, 4_000);
});

Deno.test("MemoryLimitStore keeps a bucket for each key, rule name, limit and window", () => {
  const { take, remaining } = start();
  take("a", 4);
  assertEquals(remaining("b"), 4);
  assertEquals(remaining("a", { ...RULE, name: "other" }), 4);
  assertEquals(remaining("a", { ...RULE, limit: 9 }), 9);
  assertEquals(remaining("a", { ...RULE, windowMs: 8_000 }), 4);
  assertEquals(remaining("a", { ...RULE }), 0);
});

Deno.test("MemoryLimitStore.settle() takes of an empty bucket and gives back to it", () => {
  const { store, take, remaining } = start();
  take("a", 4);
  store.settle({ rule: RULE, key: "a", cost: 1 });
  assertEquals(take("a").states[0]!.retryAfterMs, 2_000);
  store.settle({ rule: RULE, key: "a", cost: -3 });
  assertEquals(remaining("a"), 2);
  store.settle({ rule: RULE, key: "a", cost: -100 });
  assertEquals(remaining("a"), 4);
  store.settle({ rule: RULE, key: "nobody", cost: -1 });
  store.settle({ rule: RULE, key: "new", cost: 3 });
  assertEquals(remaining("new"), 1);
});

Deno.test("MemoryLimitStore refuses demands that would corrupt a bucket", () => {
  const { store, take, remaining } = start();
  const twice = { rule: RULE, key: "a", cost: 1 };
  assertThrows(() => store.take([twice, { ...twice, rule: { ...RULE } }]), Error, "one bucket");
  for (const cost of [NaN, 0.5, Infinity, -1]) assertThrows(() => take("a", cost), RangeError);
  assertThrows(() => store.settle({ ...twice, cost: NaN }), RangeError);
  for (const part of [{ limit: 0 }, { limit: 1.5 }, { limit: 2e9 }, { windowMs: 0 }]) {
    assertThrows(() => take("a", 1, { ...RULE, ...part }), RangeError);
  }
  assertEquals(remaining("a"), 4);
});

Deno.test("A clock that steps back gives nothing and keeps no one waiting", () => {
  const { clock, take } = start();
  clock.advance(10_000_000);
  take("a", 4);
  clock.advance(-9_000_000);
  assertEquals(take("a").states[0]!.retryAfterMs, 1_000);
  clock.advance(999);
  assertEquals(take("a").isAllowed, false);
  clock.advance(1);
  assertEquals(take("a").isAllowed, true);
  assertEquals(take("a").isAllowed, false);
});

const RULES: readonly LimitRule[] = [
  { name: "service", limit: 10, windowMs: 900_000 },
  { name: "inference", limit: 7, windowMs: 900_000 },
  { name: "v1", limit: 600, windowMs: 60_000 },
  { name: "tokens", limit: 999_999_937, windowMs: 86_399_999 },
];

function randomDemands(random: () => number, keys: number): LimitDemand[] {
  const key = `client ${Math.floor(random() * keys)}`;
  const count = 1 + Math.floor(random() * 3);
  const first = Math.floor(random() * RULES.length);
  return Array.from({ length: count }, (_, index) => {
    const rule = RULES[(first + index) % RULES.length]!;
    const cost = random() < 0.7 ? 1 : Math.floor(random() * random() * 1.1 * rule.limit);
    return { rule, key, cost };
  });
}

Deno.test(`MemoryLimitStore decides as the exact model does, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + fuzzSeconds(0) * 1_000;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 20 || performance.now() < endMs; seed++) {
    const random = seededRandom(seed);
    const { clock, store } = start();
    const model = new ModelStore();
    let denied = 0;
    for (let step = 0; step < 500; step++) {
      const span = random() < 0.05 ? -1e7 : random() < 0.5 ? 30 : 30_000;
      clock.advance(Math.floor(random() * span));
      const demands = randomDemands(random, 5);
      const decision = store.take(demands);
      if (!decision.isAllowed) denied++;
      assertEquals(decision, model.take(demands, clock.nowMs()), `seed ${seed}, step ${step}`);
      if (random() < 0.2) {
        const demand = { ...demands[0]!, cost: Math.floor((random() - 0.5) * 20) };
        store.settle(demand);
        model.settle(demand, clock.nowMs());
      }
    }
    assert(denied > 5 && denied < 495, `seed ${seed}: ${denied} denied`);
  }
});

Deno.test(`A full table drops a bucket that has spent no more than the new one, FUZZ_SEED=${FIRST_SEED}`, () => {
  const maxBuckets = 40;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 3; seed++) {
    const random = seededRandom(seed);
    const { clock, store } = start(maxBuckets);
    const model = new ModelStore();
    const kept = new Map<string, LimitDemand>();
    const names = new Set<string>();
    let dropped = 0;
    for (let step = 0; step < 400; step++) {
      clock.advance(Math.floor(random() * 1_500));
      const nowMs = clock.nowMs();
      const [demand] = randomDemands(random, 40) as [LimitDemand];
      const name = `${demand.rule.name} ${demand.key}`;
      const shareOf = (each: LimitDemand) => model.bucketOf(each, nowMs).spentShare;
      const spent = [...kept].filter(([, each]) => shareOf(each) > 0);
      names.add(name);
      const least = Math.min(...spent.map(([, each]) => shareOf(each)));
      const { isAllowed } = store.take([demand]);
      if (isAllowed && demand.cost > 0) {
        model.take([demand], nowMs);
        kept.set(name, demand);
      }
      // Where all have spent more, the fullest goes.
      const most = Math.max(least, shareOf(demand));
      for (const [other, each] of spent) {
        const { resetMs } = store.take([{ ...each, cost: 0 }]).states[0]!;
        const bucket = model.bucketOf(each, nowMs);
        if (resetMs === bucket.fullInMs) continue;
        assertEquals(resetMs, 0, `seed ${seed}, step ${step}: ${other} was changed`);
        assert(names.size > maxBuckets, `seed ${seed}, step ${step}: ${other} was dropped`);
        const share = bucket.spentShare - 1 / each.rule.windowMs; // It is kept to the millisecond.
        assert(share <= most, `seed ${seed}, step ${step}: ${other} had spent more`);
        dropped++;
        kept.delete(other);
        bucket.spend(-1e12);
      }
    }
    assert(dropped > 20, `seed ${seed}: ${dropped} were dropped`);
  }
});

Deno.test("A million addresses cost the memory that was set aside, and free no one who has spent", () => {
  const maxBuckets = 100_000;
  const memory = createLimitMemory(maxBuckets, [1, 2, 3, 4]);
  assert(memory.byteLength <= 128 + 40 * maxBuckets, `${memory.byteLength} bytes`);
  const store = new MemoryLimitStore(memory, new ManualClock());
  const take = (key: string, cost: number) => store.take([{ rule: RULE, key, cost }]);
  const spenders = Array.from({ length: 100 }, (_, index) => `spender ${index}`);
  for (const key of spenders) take(key, 2);
  const usedBytes = () => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = usedBytes();
  // What is not collected yet comes and goes; what is kept is in the least of the second half as well.
  let least = Infinity;
  for (let index = 0; index < 1_000_000; index++) {
    if (!take(`10.${index >> 16}.${index >> 8 & 255}.${index & 255}`, 1).isAllowed) {
      throw new Error(`${index} was denied`);
    }
    if (index >= 500_000 && index % 1_000 === 0) least = Math.min(least, usedBytes());
  }
  for (const key of spenders) assertEquals(take(key, 0).states[0]!.remaining, 2, key);
  assert(least - before < 30_000_000, `${least - before} bytes more are in use`);
});

Deno.test("A flood frees no one who has spent, where nine in ten of the table have", () => {
  const maxBuckets = 1_000;
  const store = new MemoryLimitStore(
    createLimitMemory(maxBuckets, [5, 6, 7, 8]),
    new ManualClock(),
  );
  const take = (key: string, cost: number) => store.take([{ rule: RULE, key, cost }]);
  const spenders = Array.from({ length: 900 }, (_, index) => `spender ${index}`);
  for (const key of spenders) take(key, 2);
  for (let index = 0; index < 100_000; index++) take(`flood ${index}`, 1);
  for (const key of spenders) assertEquals(take(key, 0).states[0]!.remaining, 2, key);
});
