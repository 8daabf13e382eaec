/** The arithmetic of a bucket, against cases worked out by hand and against the exact model. */

import { assert, assertEquals } from "@std/assert";
import {
  type BucketLevel,
  type BucketSize,
  fullInMs,
  MAX_LIMIT,
  MAX_WINDOW_MS,
  remainingIn,
  spend,
  waitMsFor,
} from "../../src/limits/token_bucket.ts";
import { seededRandom } from "../framing/cuts.ts";
import { FIRST_SEED, fuzzSeconds } from "../support/fuzzing.ts";
import { ModelBucket } from "./memory/limit_model.ts";

const ROUNDS = 400;

/** Takes if there is room; returns the wait. */
function take(level: BucketLevel, size: BucketSize, cost: number, nowMs: number): number {
  const waitMs = waitMsFor(level, size, cost, nowMs);
  if (waitMs === 0) spend(level, size, cost, nowMs);
  return waitMs;
}

function full(): BucketLevel {
  return { fullAtMs: 0, rest: 0 };
}

// Three units, of which one comes back in 100 ms.
const SIZE: BucketSize = { limit: 3, windowMs: 300 };

Deno.test("A bucket admits a burst, then the rate at which it is filled", () => {
  const level = full();
  const steps = [
    { atMs: 1_000, cost: 2, waitMs: 0, remaining: 1, resetMs: 200 },
    { atMs: 1_000, cost: 2, waitMs: 100, remaining: 1, resetMs: 200 },
    { atMs: 1_099, cost: 2, waitMs: 1, remaining: 1, resetMs: 101 },
    { atMs: 1_100, cost: 2, waitMs: 0, remaining: 0, resetMs: 300 },
    { atMs: 1_100, cost: 4, waitMs: Infinity, remaining: 0, resetMs: 300 }, // Never holds as many.
    { atMs: 1_100, cost: 0, waitMs: 0, remaining: 0, resetMs: 300 },
    { atMs: 9_999, cost: 0, waitMs: 0, remaining: 3, resetMs: 0 },
    { atMs: 9_999, cost: 3, waitMs: 0, remaining: 0, resetMs: 300 },
  ];
  for (const { atMs, cost, waitMs, remaining, resetMs } of steps) {
    const what = `${cost} at ${atMs} ms`;
    assertEquals(take(level, SIZE, cost, atMs), waitMs, what);
    assertEquals(remainingIn(level, SIZE, atMs), remaining, `left after ${what}`);
    assertEquals(fullInMs(level, atMs), resetMs, `full after ${what}`);
  }
});

Deno.test("A denied take moves nothing", () => {
  const level = full();
  spend(level, SIZE, 3, 1_000);
  const before = { ...level };
  for (let time = 0; time < 99; time++) assert(take(level, SIZE, 1, 1_000 + time) > 0);
  assertEquals(level, before);
  assertEquals(take(level, SIZE, 1, 1_100), 0);
});

Deno.test("A rate without a whole interval does not drift in a million takes", () => {
  const size = { limit: 7, windowMs: 1_000 };
  const level = full();
  spend(level, size, 7, 0);
  let admitted = 0;
  // Every millisecond of a thousand seconds.
  for (let nowMs = 1; nowMs <= 1_000_000; nowMs++) {
    if (take(level, size, 1, nowMs) === 0) admitted++;
  }
  assertEquals(admitted, 7_000);
});

Deno.test("A bucket seems emptier where time steps back, never fuller", () => {
  const level = full();
  spend(level, SIZE, 3, 1_000);
  assert(take(level, SIZE, 1, 500) > 0);
  assertEquals(remainingIn(level, SIZE, 500), 0);
  assertEquals(take(level, SIZE, 1, 1_100), 0);
});

Deno.test("What is given back fills a bucket up to its brim, what is taken on top is owed", () => {
  const level = full();
  spend(level, SIZE, 2, 1_000);
  spend(level, SIZE, -1, 1_000);
  assertEquals(remainingIn(level, SIZE, 1_000), 2);
  spend(level, SIZE, -1_000_000_000_000, 1_000);
  assertEquals(remainingIn(level, SIZE, 1_000), 3);
  spend(level, SIZE, 5, 1_000);
  assertEquals(remainingIn(level, SIZE, 1_000), 0);
  assertEquals(waitMsFor(level, SIZE, 1, 1_000), 300);
  spend(level, SIZE, 1_000_000_000_000, 1_000);
  assertEquals(fullInMs(level, 1_000), 10 * 300);
});

interface Step {
  readonly nowMs: number;
  readonly cost: number;
  readonly isCorrection: boolean;
}

/** Limits and windows of all magnitudes, and those that people choose. */
function randomSize(random: () => number): BucketSize {
  const upTo = (largest: number) => 1 + Math.floor(Math.exp(random() * Math.log(largest)));
  const limit = random() < 0.2 ? MAX_LIMIT - upTo(1_000) : Math.min(MAX_LIMIT, upTo(MAX_LIMIT));
  const windows = [1_000, 60_000, 900_000, 3_600_000, MAX_WINDOW_MS, MAX_WINDOW_MS - upTo(1_000)];
  const windowMs = random() < 0.5
    ? windows[Math.floor(random() * windows.length)]!
    : Math.min(MAX_WINDOW_MS, upTo(MAX_WINDOW_MS));
  return { limit, windowMs };
}

function* randomSteps(random: () => number, { limit, windowMs }: BucketSize): Generator<Step> {
  let nowMs = Math.floor(random() * 2e12);
  for (let step = 0; step < 60; step++) {
    const share = [0, 1 / limit, random(), random() * 2][Math.floor(random() * 4)]!;
    nowMs += Math.floor(share * windowMs);
    const isCorrection = random() < 0.1;
    const sign = isCorrection && random() < 0.5 ? -1 : 1;
    const costs = [1, Math.floor(random() * limit), Math.floor(random() * 12 * limit), limit];
    yield { nowMs, cost: sign * costs[Math.floor(random() * 4)]!, isCorrection };
  }
}

Deno.test(`A bucket is the exact model's, whatever its size, FUZZ_SEED=${FIRST_SEED}`, () => {
  const endMs = performance.now() + fuzzSeconds(0) * 1_000;
  let admitted = 0;
  let denied = 0;
  for (let seed = FIRST_SEED; seed < FIRST_SEED + ROUNDS || performance.now() < endMs; seed++) {
    const random = seededRandom(seed);
    const size = randomSize(random);
    const level = full();
    let model: ModelBucket | undefined;
    for (const { nowMs, cost, isCorrection } of randomSteps(random, size)) {
      model ??= new ModelBucket(size, nowMs);
      model.fill(nowMs);
      const what = `seed ${seed}, ${cost} of ${JSON.stringify(size)} at ${nowMs}`;
      if (isCorrection) {
        spend(level, size, cost, nowMs);
        model.spend(cost);
      } else {
        const waitMs = model.waitMsFor(cost);
        if (waitMs === 0) model.spend(cost);
        if (waitMs === 0) admitted++;
        else denied++;
        assertEquals(take(level, size, cost, nowMs), waitMs, what);
      }
      assertEquals(remainingIn(level, size, nowMs), model.remaining, what);
      assertEquals(fullInMs(level, nowMs), model.fullInMs, what);
    }
  }
  assert(admitted > ROUNDS && denied > ROUNDS, `${admitted} were admitted, ${denied} denied`);
});

Deno.test(`Over any window no more is admitted than capacity and rate allow, FUZZ_SEED=${FIRST_SEED}`, () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 30; seed++) {
    const random = seededRandom(seed);
    const size = {
      limit: 1 + Math.floor(random() * 50),
      windowMs: 1 + Math.floor(random() * 5_000),
    };
    const level = full();
    const admitted: { readonly atMs: number; readonly cost: number }[] = [];
    let nowMs = 1;
    for (let step = 0; step < 400; step++) {
      nowMs += Math.floor(random() * 2 * size.windowMs / size.limit);
      const cost = 1 + Math.floor(random() * random() * size.limit);
      if (take(level, size, cost, nowMs) === 0) admitted.push({ atMs: nowMs, cost });
    }
    for (const [from, { atMs: startMs }] of admitted.entries()) {
      let sum = 0;
      for (const { atMs, cost } of admitted.slice(from)) {
        sum += cost;
        const allowed = size.limit * (size.windowMs + atMs - startMs);
        assert(sum * size.windowMs <= allowed, `seed ${seed}: ${sum} from ${startMs} to ${atMs}`);
      }
    }
  }
});
