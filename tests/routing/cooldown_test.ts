import { assert, assertEquals, assertExists } from "@std/assert";
import {
  cooldownOptions,
  TargetCooldown,
  type WatchedTargets,
} from "../../src/routing/cooldown.ts";

const OPTIONS = cooldownOptions.parse({
  windowMs: 10_000,
  minCalls: 4,
  failureRate: 0.5,
  durationMs: 30_000,
});
const FAILURE = { status: 500, code: "no", retryAfterMs: undefined, wasAnswered: false };
const limitedFor = (retryAfterMs: number) => ({ ...FAILURE, status: 429, retryAfterMs });

/** Plays `.` for an answered call and `x` for a failed one, `stepMs` apart from 0 on. */
function play(calls: string, stepMs = 1, targets: WatchedTargets = new Map()) {
  const cooldown = new TargetCooldown(OPTIONS, targets);
  [...calls].forEach((call, index) => {
    if (call === ".") cooldown.answered("t", index * stepMs);
    else cooldown.failed("t", FAILURE, index * stepMs);
  });
  return { cooldown, targets, endMs: (calls.length - 1) * stepMs };
}

Deno.test("TargetCooldown judges by the rate of failures, from a number of calls on", () => {
  const cases: Record<string, boolean> = {
    "xxx": false,
    "xxxx": true,
    "x.x.": false,
    "x.xx": true,
    "x..x": true,
    "x..x.": true,
    "x...x": false,
    "....xxxx": true,
    // Counting begins with the first failure.
    "....xx..": false,
  };
  for (const [calls, isOut] of Object.entries(cases)) {
    const { cooldown, endMs } = play(calls);
    assertEquals(cooldown.admit("t", endMs) !== undefined, isOut, calls);
  }
});

Deno.test("TargetCooldown counts within a sliding window", () => {
  // Four failures, but never more than three within ten seconds.
  const { cooldown, endMs } = play("xxxxxxxx", 3_500);
  assertEquals(cooldown.admit("t", endMs), undefined);
});

Deno.test("TargetCooldown forgets a target that fails no more", () => {
  const { cooldown, targets } = play("x");
  assertEquals(targets.size, 1);
  cooldown.answered("t", 20_000);
  assertEquals(targets.size, 0);
});

Deno.test("TargetCooldown remembers nothing of a target that never failed", () => {
  assertEquals(play("......").targets.size, 0);
});

Deno.test("TargetCooldown says why, and for how long", () => {
  const { cooldown, endMs } = play("xxxx");
  const expected = { target: "t", reason: "failing", code: "no", retryAfterMs: 29_000 } as const;
  assertEquals(cooldown.admit("t", endMs + 1_000), expected);
  assertEquals(cooldown.snapshot(endMs + 1_000), [expected]);
  assertEquals(cooldown.snapshot(endMs + 30_000), []);
  assertEquals(cooldown.admit("other", endMs), undefined);
});

Deno.test("TargetCooldown obeys a wait that was asked for, at once and to the longest (T41)", () => {
  const cooldown = new TargetCooldown(OPTIONS, new Map());
  cooldown.failed("t", limitedFor(60_000), 0);
  assertEquals(cooldown.admit("t", 1)?.reason, "rate_limited");
  // Calls that were on their way bring shorter waits and other failures, or are answered.
  cooldown.failed("t", limitedFor(1_000), 2);
  cooldown.failed("t", FAILURE, 2);
  cooldown.answered("t", 3);
  const left = cooldown.admit("t", 59_999);
  assertEquals([left?.retryAfterMs, left?.code, left?.reason], [1, "no", "rate_limited"]);
  cooldown.failed("t", limitedFor(60_000), 59_999);
  assertEquals(cooldown.admit("t", 60_000)?.retryAfterMs, 59_999);
  cooldown.failed("far", limitedFor(1e12), 0);
  assertEquals(cooldown.admit("far", 0)?.retryAfterMs, 86_400_000);
});

Deno.test("TargetCooldown lets one call through when the time is over", () => {
  const { cooldown, endMs } = play("xxxx");
  const overMs = endMs + 30_000;
  assertEquals(cooldown.admit("t", overMs), undefined);
  assertEquals(cooldown.admit("t", overMs)?.retryAfterMs, 30_000, "one call only");
  // Those that were on their way before say nothing of now.
  cooldown.failed("t", { ...FAILURE, wasAnswered: true }, overMs);
  cooldown.failed("t", FAILURE, overMs + 5);
  cooldown.answered("t", overMs + 6);
  assertEquals(cooldown.admit("t", overMs + 10)?.retryAfterMs, 29_995);
  assertEquals(cooldown.admit("t", overMs + 30_005), undefined);
  cooldown.answered("t", overMs + 30_006);
  assertEquals(cooldown.admit("t", overMs + 30_006), undefined);
  assertEquals(cooldown.admit("t", overMs + 30_006), undefined);
});

Deno.test("TargetCooldown sends another probe where nothing is heard of the first", () => {
  const { cooldown, endMs } = play("xxxx");
  const overMs = endMs + 30_000;
  assertEquals(cooldown.admit("t", overMs), undefined);
  assertExists(cooldown.admit("t", overMs + 29_999));
  assertEquals(cooldown.admit("t", overMs + 30_000), undefined);
  cooldown.abandoned("t", overMs + 30_001);
  assertEquals(cooldown.admit("t", overMs + 30_001), undefined);
});

Deno.test("TargetCooldown: what it knows outlives the options", () => {
  const { targets, endMs } = play("xxxx");
  const reloaded = new TargetCooldown({ ...OPTIONS, windowMs: 1_000 }, targets);
  assertExists(reloaded.admit("t", endMs));
});

Deno.test("TargetCooldown keeps a bounded number of targets", () => {
  const targets: WatchedTargets = new Map();
  const cooldown = new TargetCooldown(OPTIONS, targets);
  for (let index = 0; index < 10_050; index++) cooldown.failed(String(index), FAILURE, 0);
  assertEquals(targets.size, 10_000);
  assert(!targets.has("0") && targets.has("10049"));
});
