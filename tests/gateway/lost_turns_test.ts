/** Turns that were taken for requests which then are not sent: they are given back, or their room is lost. */

import { assertEquals, assertRejects } from "@std/assert";
import type { Call } from "../../src/core/call.ts";
import { clientGone, GatewayError } from "../../src/core/gateway_error.ts";
import { OwnSignal } from "../../src/core/http/signal.ts";
import type { Pacing, Turn } from "../../src/core/provider/pacing.ts";
import type { Target } from "../../src/core/provider/provider.ts";
import { ActiveCalls } from "../../src/gateway/active_calls.ts";
import { CallHold } from "../../src/gateway/tries/call_hold.ts";
import { Hedge, hedgeOptions } from "../../src/gateway/tries/hedge.ts";
import { takeTurn } from "../../src/gateway/tries/take_turn.ts";
import { JumpingClock } from "./jumping_clock.ts";
import { playCall } from "./play_call.ts";
import { NOW_MS, OK } from "./retry_cases.ts";

/** Counts the turns that nobody has said of what became of them. */
class OpenTurns {
  count = 0;

  readonly give = (): Turn => {
    this.count += 1;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) this.count -= 1;
      isOpen = false;
    };
    return { kind: "turn", answered: close, failed: close };
  };
}

Deno.test("a target that is looked up for too long gives back the turn that nobody needs", async () => {
  const turns = new OpenTurns();
  const hedge = new Hedge(hedgeOptions.parse({ minSamples: 2, maxExtraPercent: 100 }));
  for (const elapsedMs of [1, 2]) hedge.note("a/m whole", elapsedMs);
  const [answered, found] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  // The first target answers while the second one is looked up.
  const lookedUp: typeof found.promise = Object.assign(found.promise, {
    then: (...found_: Parameters<typeof found.promise.then>) => {
      answered.resolve();
      return Promise.prototype.then.apply(found.promise, found_);
    },
  });
  const { reply, tries } = await playCall({
    hedge,
    pacing: { maxWaitMs: 0, take: turns.give },
    targets: [
      { name: "a", answers: [OK], answersAfter: answered.promise },
      { name: "b", answers: [OK], resolvesAfter: lookedUp },
    ],
  });
  assertEquals([reply, tries], ["200", "a"]);
  found.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(turns.count, 0);
});

Deno.test("a turn that comes in the moment in which its call is given up is given back", async () => {
  const turns = new OpenTurns();
  const queued = Promise.withResolvers<Turn>();
  const pacing: Pacing = {
    maxWaitMs: 1_000,
    take: () => ({ kind: "queued", turn: queued.promise, leave: () => {} }),
  };
  const clock = new JumpingClock(NOW_MS);
  const signal = new OwnSignal();
  const call = { signal, arrivedMs: NOW_MS, trace: {} } as unknown as Call;
  const hold = new CallHold(call, clock, 1_000_000, new ActiveCalls());
  const taking = takeTurn({ pacing, clock }, call, {} as Target, hold, 1_000);
  signal.abort(clientGone());
  queued.resolve(turns.give());
  await assertRejects(() => Promise.resolve(taking), GatewayError);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(turns.count, 0);
});
