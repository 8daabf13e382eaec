/** Timers that share one of the runtime, on a clock in the test's hands. */

import { assert, assertEquals } from "@std/assert";
import { TimerWheel } from "../../src/host/timer_wheel.ts";
import { ManualClock } from "../transport/manual_clock.ts";

const STEP_MS = 10;

/** Goes on in small steps, as time does. */
function pass(clock: ManualClock, ms: number): void {
  for (let passedMs = 0; passedMs < ms; passedMs += STEP_MS) clock.advance(STEP_MS);
}

Deno.test("a timer runs once, never early and at most 100 ms and a step late", () => {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  for (const [startMs, delayMs] of [[0, 1_000], [35, 1_001], [990, 2_345], [10, 30_000]] as const) {
    pass(clock, startMs);
    const dueMs = clock.nowMs() + delayMs;
    const ranMs: number[] = [];
    wheel.schedule(delayMs, () => ranMs.push(clock.nowMs()));
    pass(clock, delayMs + 1_000);
    assertEquals(ranMs.length, 1);
    const [atMs = NaN] = ranMs;
    assert(atMs >= dueMs && atMs <= dueMs + 100 + 2 * STEP_MS, `${atMs} for ${dueMs}`);
  }
});

Deno.test("a cancelled timer does not run, also where another of its tick has just run", () => {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const ran: string[] = [];
  wheel.schedule(5_000, () => {
    ran.push("first");
    cancelSecond();
  });
  const cancelSecond = wheel.schedule(5_000, () => ran.push("second"));
  const cancelThird = wheel.schedule(5_000, () => ran.push("third"));
  cancelThird();
  cancelThird();
  pass(clock, 6_000);
  assertEquals(ran, ["first"]);
});

Deno.test("timers of one tick are apart: cancelling one twice leaves those that came later", () => {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const ran: string[] = [];
  const cancel = wheel.schedule(2_000, () => ran.push("cancelled"));
  cancel();
  wheel.schedule(2_000, () => ran.push("later"));
  cancel();
  pass(clock, 3_000);
  assertEquals(ran, ["later"]);
});

Deno.test("a long pause of the whole process runs all that was due meanwhile", () => {
  const clock = new ManualClock();
  const wheel = new TimerWheel(clock);
  const ran: number[] = [];
  for (const delayMs of [1_000, 60_000, 3_600_000]) {
    wheel.schedule(delayMs, () => ran.push(delayMs));
  }
  clock.advance(1_800_000);
  pass(clock, 200);
  assertEquals(ran, [1_000, 60_000]);
});

Deno.test("nothing wakes the process once nothing is waited for; shorter timers are exact", () => {
  const clock = new ManualClock();
  let started = 0;
  const wheel = new TimerWheel({
    nowMs: clock.nowMs,
    schedule: (delayMs, callback) => {
      started++;
      return clock.schedule(delayMs, callback);
    },
  });
  wheel.schedule(1_000, () => {})();
  pass(clock, 1_000);
  const startedBefore = started;
  pass(clock, 10_000);
  assertEquals(started, startedBefore);
  let ranMs = NaN;
  const dueMs = clock.nowMs() + 250;
  wheel.schedule(250, () => ranMs = clock.nowMs());
  pass(clock, 1_000);
  assertEquals(ranMs, dueMs);
});
