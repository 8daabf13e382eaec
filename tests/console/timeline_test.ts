/** Calls as lanes: what the events of a ledger come to, however many there are and whatever they say. */

import { assertEquals } from "@std/assert";
import { type LiveCall, Timeline } from "../../src/console/pages/now/timeline.ts";

function calls(timeline: Timeline): readonly LiveCall[] {
  return [...timeline.calls];
}

function begin(timeline: Timeline, id: string, atMs: number): void {
  timeline.apply({ type: "call.started", atMs, data: { id, model: "m", key: "ci" } });
}

function end(timeline: Timeline, id: string, atMs: number, outcome = "complete"): void {
  timeline.apply({ type: "call.ended", atMs, data: { id, uid: `u-${id}`, outcome } });
}

Deno.test("a call goes through its phases", () => {
  const timeline = new Timeline();
  begin(timeline, "a", 100);
  for (const [atMs, provider] of [[110, "one"], [150, "two"]] as const) {
    timeline.apply({ type: "call.attempt", atMs, data: { id: "a", provider } });
  }
  timeline.apply({ type: "call.first_token", atMs: 200, data: { id: "a" } });
  assertEquals(timeline.inFlight(), 1);
  end(timeline, "a", 300, "truncated");
  const [call] = calls(timeline);
  assertEquals(call?.attempts.map(({ provider }) => provider), ["one", "two"]);
  assertEquals([call?.startMs, call?.firstTokenMs, call?.endMs], [100, 200, 300]);
  assertEquals([call?.outcome, timeline.inFlight()], ["truncated", 0]);
});

Deno.test("calls at the same time have lanes of their own, and a lane is used again", () => {
  const timeline = new Timeline();
  begin(timeline, "a", 0);
  begin(timeline, "b", 10);
  end(timeline, "a", 20);
  begin(timeline, "soon", 100);
  begin(timeline, "later", 2_000);
  assertEquals(calls(timeline).map(({ lane }) => lane), [0, 1, 2, 0]);
});

Deno.test("what nobody has seen begin, and what makes no sense, is left out", () => {
  const timeline = new Timeline();
  end(timeline, "unseen", 10);
  timeline.apply({ type: "call.started", atMs: 0, data: {} });
  timeline.apply({ type: "budget.reached", atMs: 0, data: { id: "budget" } });
  assertEquals(timeline.size, 0);
  for (let number = 0; number < 40; number++) {
    begin(timeline, "a", 0);
    timeline.apply({ type: "call.attempt", atMs: 1, data: { id: "a", provider: 7 } });
  }
  // An id that is sent again is the newer call, and leaves no lane taken.
  assertEquals([timeline.size, timeline.inFlight(), calls(timeline)[0]?.lane], [1, 1, 0]);
});

Deno.test("old calls are forgotten, running ones are not, and there are never too many", () => {
  const timeline = new Timeline();
  begin(timeline, "long", 0);
  for (let number = 0; number < 10_000; number++) {
    begin(timeline, `c${number}`, number);
    end(timeline, `c${number}`, number + 1);
    if (number % 100 === 0) timeline.prune(number);
  }
  timeline.prune(10_000);
  assertEquals(timeline.size, 3_000);
  assertEquals(calls(timeline)[0]?.id, "long");
  timeline.prune(10_000 + 11 * 60_000);
  assertEquals(calls(timeline).map(({ id }) => id), ["long"]);
  for (let number = 0; number < 10_000; number++) begin(timeline, `r${number}`, 20_000);
  assertEquals(timeline.size, 6_000);
});

Deno.test("calls of before are put in as they were, once", () => {
  const timeline = new Timeline();
  const past = {
    id: "a",
    uid: "u",
    model: "m",
    key: "ci",
    startMs: 0,
    sentMs: 5,
    provider: "one",
    firstTokenMs: 20,
    endMs: 90,
    outcome: "complete",
  };
  timeline.addPast(past);
  timeline.addPast({ ...past, outcome: "refused" });
  const [call, ...others] = calls(timeline);
  assertEquals(others, []);
  assertEquals([call?.model, call?.endMs, call?.outcome], ["m", 90, "complete"]);
});
