/**
 * One decision of the rate limiter, side by side with its peers: `deno bench bench/limiter_bench.ts`.
 *
 * An iteration takes one unit for the next key of a shuffled list, all of which are in the table before.
 * Weir's decision is exact over threads and its table is bounded; `rate-limiter-flexible` counts fixed
 * windows in a map with a timer for each key; `limiter` is a bucket in floating point without keys, here
 * in a map. `admission` is what a request to the service costs in all: whose it is, two limits, and the
 * headers that say so.
 *
 * @module
 */

import { RateLimiter } from "npm:limiter@^4.1.0";
import { RateLimiterMemory } from "npm:rate-limiter-flexible@^11.4.0";
import { systemClock } from "../src/host/runtime.ts";
import { ANONYMOUS } from "../src/core/principal.ts";
import { createClientAddress } from "../src/access/client_address.ts";
import { limitHeaders } from "../src/limits/limit_headers.ts";
import { createLimitRate, limitOptions } from "../src/limits/limit_rate.ts";
import type { LimitDecision } from "../src/limits/limit_store.ts";
import { createLimitMemory, MemoryLimitStore } from "../src/limits/memory/memory_limit_store.ts";
import { seededRandom } from "../tests/framing/cuts.ts";

/** So many that none is denied, for that would be less work. */
const LIMIT = 1_000_000_000;
const WINDOW_MS = 1_000;
const MAX_OPTION = 1_000_000;
const NO_HEADERS = new Headers();

function shuffledAddresses(count: number): string[] {
  const random = seededRandom(count);
  const addresses = Array.from(
    { length: count },
    (_, index) => `${10 + (index >> 16)}.${index >> 8 & 255}.${index & 255}.7`,
  );
  for (let last = count - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [addresses[last], addresses[other]] = [addresses[other]!, addresses[last]!];
  }
  return addresses;
}

/** Each call returns the next key, round and round. */
function roundRobin(keys: readonly string[]): () => string {
  let next = 0;
  return () => {
    next = next + 1 === keys.length ? 0 : next + 1;
    return keys[next]!;
  };
}

function createStore(): MemoryLimitStore {
  return new MemoryLimitStore(createLimitMemory(250_000, [1, 2, 3, 4]), systemClock);
}

for (const keyCount of [1, 1_000, 100_000]) {
  const group = `${keyCount} keys`;
  const keys = shuffledAddresses(keyCount);

  const store = createStore();
  const rule = { name: "all", limit: LIMIT, windowMs: WINDOW_MS };
  const nextKey = roundRobin(keys);
  const decide = () => check(store.take([{ rule, key: nextKey(), cost: 1 }]));
  for (const _ of keys) decide();
  Deno.bench({ name: `Weir · a decision · ${group}`, group, baseline: true, fn: decide });

  const limitRate = createLimitRate(
    createStore(),
    limitOptions.parse({
      windowMs: WINDOW_MS,
      maxRequests: MAX_OPTION,
      inferenceMaxRequests: MAX_OPTION,
    }),
  );
  const clientAddress = createClientAddress(0);
  const nextPeer = roundRobin(keys);
  const admit = () => {
    const address = clientAddress(NO_HEADERS, nextPeer());
    const decision = limitRate(["service", "inference"], ANONYMOUS, address) as LimitDecision;
    check(decision);
    if (limitHeaders(decision, systemClock.epochMs()).length !== 8) throw new Error("No headers");
  };
  for (const _ of keys) admit();
  Deno.bench({ name: `Weir · an admission · ${group}`, group, fn: admit });

  const flexible = new RateLimiterMemory({ points: LIMIT, duration: 3_600 });
  const nextConsumer = roundRobin(keys);
  for (const key of keys) await flexible.consume(key);
  Deno.bench({
    name: `rate-limiter-flexible · ${group}`,
    group,
    // An async function, for only such is waited for. Rejects where there is no room.
    fn: async () => {
      await flexible.consume(nextConsumer());
    },
  });

  const limiters = new Map(
    keys.map((key) => [key, new RateLimiter({ tokensPerInterval: LIMIT, interval: WINDOW_MS })]),
  );
  const nextName = roundRobin(keys);
  Deno.bench({
    name: `limiter in a map · ${group}`,
    group,
    fn: () => {
      if (!limiters.get(nextName())!.tryRemoveTokens(1)) throw new Error("Denied");
    },
  });
}

// A million addresses that come once each, through a table for a hundred thousand.
const flooded = new MemoryLimitStore(createLimitMemory(100_000, [1, 2, 3, 4]), systemClock);
const rule = { name: "all", limit: 100, windowMs: 900_000 };
let visitor = 0;
Deno.bench({ name: "Weir · a decision · new address in a full table", group: "flood" }, () => {
  visitor++;
  const key = `${visitor >> 24}.${visitor >> 16 & 255}.${visitor >> 8 & 255}.${visitor & 255}`;
  check(flooded.take([{ rule, key, cost: 1 }]));
});

function check({ isAllowed }: LimitDecision): void {
  if (!isAllowed) throw new Error("Denied");
}
