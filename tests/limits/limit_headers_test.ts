import { assert, assertEquals } from "@std/assert";
import { limitHeaders } from "../../src/limits/limit_headers.ts";
import type { LimitDecision, LimitState } from "../../src/limits/limit_store.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";
import { seededRandom } from "../framing/cuts.ts";
import { FIRST_SEED } from "../support/fuzzing.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const SERVICE = { name: "service", limit: 100, windowMs: 900_000 };
const INFERENCE = { name: "inference", limit: 50, windowMs: 900_000 };

function headersOf(isAllowed: boolean, ...states: LimitState[]): Record<string, string> {
  return Object.fromEntries(limitHeaders({ isAllowed, states }, 1_700_000_000_500));
}

Deno.test("An answer tells of its limits in every way that clients read", () => {
  assertEquals(
    headersOf(
      true,
      { rule: SERVICE, remaining: 97, resetMs: 27_000, retryAfterMs: 0 },
      { rule: INFERENCE, remaining: 48, resetMs: 36_000, retryAfterMs: 0 },
    ),
    {
      "x-ratelimit-limit": "50",
      "x-ratelimit-remaining": "48",
      "x-ratelimit-reset": "1700000037",
      "x-ratelimit-limit-requests": "50",
      "x-ratelimit-remaining-requests": "48",
      "x-ratelimit-reset-requests": "36s",
      "ratelimit-policy": '"service";q=100;w=900, "inference";q=50;w=900',
      "ratelimit": '"service";r=97;t=9, "inference";r=48;t=18',
    },
  );
});

Deno.test("A refusal tells when to come back, rounded up", () => {
  const headers = headersOf(
    false,
    { rule: SERVICE, remaining: 0, resetMs: 896_000, retryAfterMs: 5_000 },
    { rule: INFERENCE, remaining: 0, resetMs: 895_001, retryAfterMs: 13_001 },
    { rule: { ...SERVICE, name: "v1" }, remaining: 9, resetMs: 819_000, retryAfterMs: 0 },
  );
  assertEquals(headers["x-ratelimit-limit"], "50");
  assertEquals(headers["retry-after"], "14");
  assertEquals(headers["retry-after-ms"], "13001");
  assertEquals(headers["x-ratelimit-reset-requests"], "14m55.001s");
  assertEquals(headers["ratelimit"], '"service";r=0;t=5, "inference";r=0;t=14, "v1";r=9;t=9');
});

Deno.test("What can never be met has no time to come back", () => {
  const state = { rule: SERVICE, remaining: 3, resetMs: 873_000, retryAfterMs: Infinity };
  const headers = headersOf(false, state);
  assertEquals(headers["retry-after"], undefined);
  assertEquals(headers["ratelimit"], '"service";r=3;t=9');
});

Deno.test("An answer that nothing limits tells of no limits", () => {
  assertEquals(headersOf(true), {});
});

Deno.test("Durations are written as Go writes them", () => {
  const cases = { 0: "0s", 20: "20ms", 999: "999ms", 1_000: "1s", 8_640: "8.64s", 60_000: "1m0s" };
  const longer = { 1_252_666: "20m52.666s", 3_600_000: "1h0m0s", 86_400_001: "24h0m0.001s" };
  for (const [resetMs, text] of Object.entries({ ...cases, ...longer })) {
    const state = { rule: SERVICE, remaining: 1, resetMs: Number(resetMs), retryAfterMs: 0 };
    assertEquals(headersOf(true, state)["x-ratelimit-reset-requests"], text);
  }
});

Deno.test(`Who waits as long as the headers say gets in, and not sooner, FUZZ_SEED=${FIRST_SEED}`, () => {
  for (let seed = FIRST_SEED; seed < FIRST_SEED + 200; seed++) {
    const random = seededRandom(seed);
    const clock = new ManualClock();
    const store = new MemoryLimitStore(createLimitMemory(10, [1, 2, 3, 4]), clock);
    const limit = 1 + Math.floor(random() * 60);
    const rule = { name: "all", limit, windowMs: limit * (10 + Math.floor(random() * 2_000)) };
    const take = (): LimitDecision => store.take([{ rule, key: "a", cost: 1 }]);
    while (take().isAllowed) clock.advance(Math.floor(random() * 10));
    const headers = Object.fromEntries(limitHeaders(take(), clock.epochMs()));
    const what = `seed ${seed}: ${JSON.stringify({ rule, headers })}`;
    const waitMs = Number(headers["retry-after-ms"]);
    const seconds = Number(headers["retry-after"]);
    const shownSeconds = Number(/;t=(\d+)$/.exec(headers["ratelimit"] ?? "")?.[1]);
    assert(seconds >= 1 && seconds * 1_000 >= waitMs && (seconds - 1) * 1_000 < waitMs, what);
    assert(shownSeconds <= seconds && shownSeconds >= seconds - 1, what);
    clock.advance(waitMs - 1);
    assertEquals(take().isAllowed, false, what);
    clock.advance(1);
    assertEquals(take().isAllowed, true, what);
  }
});
