import { assertEquals } from "@std/assert";
import type { Cooldown } from "../../src/core/provider/cooldown.ts";
import { Hedge, hedgeOptions } from "../../src/gateway/tries/hedge.ts";
import { cooldownOptions, TargetCooldown } from "../../src/routing/cooldown.ts";
import { JumpingClock } from "./jumping_clock.ts";
import { playCall, type PlayedTarget, targetsOf } from "./play_call.ts";
import { type Answer, error, NOW_MS, OK, okStream } from "./retry_cases.ts";

const OPTIONS = hedgeOptions.parse({ minSamples: 4, minDelayMs: 10, maxDelayMs: 5_000 });

/** A hedge that knows the first target, and may make an extra call. */
function warmHedge(options: Partial<typeof OPTIONS> = {}): Hedge {
  const hedge = new Hedge({ ...OPTIONS, maxExtraPercent: 100, ...options });
  for (let sample = 1; sample <= 20; sample++) {
    for (const form of ["whole", "streamed"]) hedge.note(`a/m ${form}`, sample * 10);
  }
  return hedge;
}

const answering = (...answers: readonly Answer[]): PlayedTarget[] =>
  targetsOf(answers.map((answer) => [answer]));

Deno.test("Hedge waits for the percentile of what was seen, within bounds", () => {
  const hedge = new Hedge(OPTIONS);
  const delayAfter = (samples: readonly number[]) => {
    for (const sample of samples) hedge.note("t", sample);
    return hedge.begin("t");
  };
  assertEquals(delayAfter([]), undefined);
  assertEquals(delayAfter([40, 30, 20]), undefined, "too few");
  assertEquals(delayAfter([50]), 50);
  assertEquals(delayAfter(Array(96).fill(20)), 20, "five in a hundred are slower");
  assertEquals(delayAfter(Array(100).fill(1)), 10, "never shorter");
  assertEquals(delayAfter(Array(100).fill(60_000)), 5_000, "never longer");
});

Deno.test("Hedge makes no more extra calls than its share", () => {
  const hedge = new Hedge(OPTIONS);
  let extra = 0;
  for (let call = 0; call < 1_000; call++) {
    hedge.begin("t");
    if (hedge.takeExtraCall()) extra += 1;
  }
  assertEquals(extra, 100);
  for (let call = 0; call < 1_000; call++) hedge.begin("t");
  while (hedge.takeExtraCall()) extra += 1;
  assertEquals(extra, 110, "few are saved up");
});

Deno.test("Hedge remembers a bounded number of targets", () => {
  const hedge = warmHedge();
  for (let target = 0; target < 1_000; target++) hedge.note(String(target), 1);
  assertEquals(hedge.begin("a/m whole"), undefined);
});

for (const stream of [false, true]) {
  const answered = stream ? okStream : OK;
  const form = stream ? "stream" : "JSON";

  Deno.test(`hedging, ${form}: the second target answers for a slow one, which is cancelled`, async () => {
    const hedge = warmHedge();
    const played = await playCall({ stream, hedge, targets: answering("silence", answered) });
    assertEquals([played.tries, played.waits, played.reply], ["a b", [190], "200"]);
    assertEquals(played.aborted, "a");
    assertEquals(played.trace.upstream, "b");
    assertEquals(played.trace.attempts, 2);
  });

  Deno.test(`hedging, ${form}: a target that answers in time is alone`, async () => {
    const hedge = warmHedge();
    const played = await playCall({ stream, hedge, targets: answering(answered, answered) });
    assertEquals([played.tries, played.waits, played.aborted], ["a", [], ""]);
  });
}

Deno.test("hedging: a failure before the wait is over goes to the next target at once", async () => {
  const hedge = warmHedge();
  const played = await playCall({ hedge, targets: answering(error(500, "no"), OK) });
  assertEquals([played.tries, played.waits, played.reply], ["a b", [], "200"]);
});

Deno.test("hedging: the second target's failure leaves the first one its time", async () => {
  const hedge = warmHedge();
  // Whatever is waited for after the hedge is the first target's: its headers never come.
  const played = await playCall({
    hedge,
    targets: answering("silence", error(500, "no")),
  });
  assertEquals([played.tries, played.waits[0], played.reply], ["a b", 190, "504"]);
  assertEquals(played.error?.code, "total_timeout");
});

Deno.test("hedging: a fault of the request's own ends both", async () => {
  const hedge = warmHedge();
  const played = await playCall({ hedge, targets: answering("silence", error(400, "no")) });
  assertEquals([played.tries, played.reply, played.aborted], ["a b", "400", "a"]);
});

Deno.test("hedging: without extra calls left the first target is waited for", async () => {
  const hedge = warmHedge({ maxExtraPercent: 10 });
  const played = await playCall({ hedge, targets: answering("silence", OK) });
  assertEquals([played.tries, played.error?.code], ["a", "total_timeout"]);
});

Deno.test("hedging: calls that were cut short count, or a target would seem faster than it is", async () => {
  const hedge = warmHedge();
  for (let call = 1; call <= 100; call++) {
    const answer = call % 10 === 0 ? "silence" : OK;
    await playCall({ hedge, targets: answering(answer, OK) });
  }
  assertEquals(hedge.begin("a/m whole"), 190);
});

Deno.test("hedging: a target that is found too late is not sent anything", async () => {
  const clock = new JumpingClock(NOW_MS);
  const after = (delayMs: number) =>
    new Promise<void>((resolve) => clock.schedule(delayMs, resolve));
  const answersAfter = after(200);
  const resolvesAfter = after(300);
  const hedge = warmHedge();
  const targets = [
    { name: "a", answers: [OK], answersAfter },
    { name: "b", answers: [OK], resolvesAfter },
  ];
  const played = await playCall({ hedge, clock, targets });
  assertEquals([played.waits, played.reply, played.trace.upstream], [[190, 10], "200", "a"]);
  clock.jump();
  await resolvesAfter;
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(played.tries, "a");
});

Deno.test("hedging: the first target may still be the faster one", async () => {
  const clock = new JumpingClock(NOW_MS);
  const answersAfter = new Promise<void>((resolve) => clock.schedule(200, resolve));
  const targets: PlayedTarget[] = [
    { name: "a", answers: [OK], answersAfter },
    { name: "b", answers: ["silence"] },
  ];
  const played = await playCall({ hedge: warmHedge(), clock, targets });
  assertEquals([played.tries, played.reply, played.aborted], ["a b", "200", "b"]);
  assertEquals(played.trace.upstream, "a");
});

Deno.test("hedging: a probe that was overtaken says nothing; the next call is a probe as well", async () => {
  const clock = new JumpingClock(NOW_MS);
  const cooldown = new TargetCooldown(cooldownOptions.parse({ minCalls: 1 }), new Map());
  const hedge = warmHedge();
  const play = (a: Answer) => playCall({ clock, cooldown, hedge, targets: answering(a, OK) });
  assertEquals((await play(error(500, "no"))).tries, "a b");
  assertEquals((await play(OK)).tries, "b");
  clock.pass(30_001);
  assertEquals((await play("silence")).tries, "a b");
  assertEquals((await play(OK)).tries, "a");
});

Deno.test("hedging: both targets that answer in the same moment are reported to the cooldown", async () => {
  const reports: string[] = [];
  const cooldown: Cooldown = {
    admit: (target) => {
      reports.push(`admit ${target}`);
      return undefined;
    },
    admitAnyway: () => {},
    answered: (target) => void reports.push(`answered ${target}`),
    failed: (target) => void reports.push(`failed ${target}`),
    abandoned: (target) => void reports.push(`abandoned ${target}`),
  };
  const clock = new JumpingClock(NOW_MS);
  const answersAfter = new Promise<void>((resolve) => clock.schedule(200, resolve));
  const played = await playCall({
    hedge: warmHedge(),
    clock,
    cooldown,
    targets: [
      { name: "a", answers: [OK], answersAfter },
      { name: "b", answers: [OK], answersAfter },
    ],
  });
  assertEquals([played.tries, played.reply], ["a b", "200"]);
  assertEquals(reports.toSorted(), ["admit a/m", "admit b/m", "answered a/m", "answered b/m"]);
});
