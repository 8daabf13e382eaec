/** What a budget that is spent means to a call that has several targets. */

import { assert, assertEquals } from "@std/assert";
import { GatewayError } from "../../src/core/gateway_error.ts";
import type { Spending } from "../../src/core/ledger/spending.ts";
import { Hedge, hedgeOptions } from "../../src/gateway/tries/hedge.ts";
import { cooldownOptions, TargetCooldown } from "../../src/routing/cooldown.ts";
import { JumpingClock } from "./jumping_clock.ts";
import { playCall, targetsOf } from "./play_call.ts";
import { error, NOW_MS, OK } from "./retry_cases.ts";

/** Refuses targets by name, from the first request or from a later one on. */
function spendingOf(refused: Readonly<Record<string, string>>, from = 0) {
  let requests = 0;
  const settled: (number | null)[] = [];
  const spending: Spending = {
    prices: { loading: undefined, usdOf: () => 1 },
    estimate: () => ({ input: 1, maxOutput: 1 }),
    reserve: (_, { provider: { name } }) => () => {
      const code = requests++ < from ? undefined : refused[name];
      if (code !== undefined) {
        throw new GatewayError("budget_exceeded", "The budget is spent", {
          code,
          shouldRetry: false,
        });
      }
      return { settle: ({ usd }) => void settled.push(usd) };
    },
  };
  return { spending, settled };
}

Deno.test("A provider's budget that is spent is a reason to ask another, and nobody's failure", async () => {
  const cooldown = new TargetCooldown(cooldownOptions.parse({}), new Map());
  const { spending, settled } = spendingOf({ a: "provider_budget_exceeded" });
  for (let call = 0; call < 3; call++) {
    const played = await playCall({ targets: targetsOf([[OK], [OK]]), spending, cooldown });
    assertEquals([played.reply, played.tries], ["200", "b"]);
    assertEquals(played.trace.failedTargets, ["a/m 402 provider_budget_exceeded"]);
  }
  assertEquals(cooldown.snapshot(NOW_MS), []);
  assertEquals(settled, [1, 1, 1]);
});

Deno.test("A caller's own budget is final: no target is asked, and none is waited for", async () => {
  const cooldown = new TargetCooldown(cooldownOptions.parse({}), new Map());
  const { spending } = spendingOf({ a: "budget_exceeded", b: "budget_exceeded" });
  const played = await playCall({ targets: targetsOf([[OK], [OK]]), spending, cooldown });
  assertEquals([played.reply, played.tries, played.waits], ["402 false", "", []]);
  assertEquals(played.error?.kind, "budget_exceeded");
  assertEquals(cooldown.snapshot(NOW_MS), []);
});

Deno.test("A model without a price makes room for one that has one", async () => {
  const { spending } = spendingOf({ a: "unpriced_model" });
  const played = await playCall({ targets: targetsOf([[OK], [OK]]), spending });
  assertEquals([played.reply, played.tries], ["200", "b"]);
  const alone = await playCall({ targets: targetsOf([[OK]]), spending });
  assertEquals([alone.reply, alone.error?.code], ["402 false", "unpriced_model"]);
});

Deno.test("Where all targets fail, what may pass tells more than a provider's budget", async () => {
  const { spending } = spendingOf({ a: "provider_budget_exceeded" });
  const played = await playCall({
    targets: targetsOf([[OK], [error(500, "down")]]),
    spending,
    maxRetries: 0,
  });
  assertEquals([played.reply.slice(0, 3), played.tries], ["500", "b"]);
});

Deno.test("A second request that may not be paid for does not end the first", async () => {
  const clock = new JumpingClock(NOW_MS);
  const hedge = new Hedge(
    hedgeOptions.parse({ minSamples: 4, minDelayMs: 10, maxExtraPercent: 100 }),
  );
  for (let sample = 1; sample <= 20; sample++) hedge.note("a/m whole", 10);
  const { spending, settled } = spendingOf({ b: "budget_exceeded" });
  const answersAfter = new Promise<void>((resolve) => clock.schedule(200, resolve));
  const targets = [
    { name: "a", answers: [OK], answersAfter },
    { name: "b", answers: [OK] },
  ];
  const played = await playCall({ targets, spending, hedge, clock });
  assertEquals([played.reply, played.tries, played.aborted], ["200", "a", ""]);
  assertEquals(settled, [1]);
  assert(played.trace.failedTargets?.includes("b/m 402 budget_exceeded"));
});

Deno.test("What is tried again is reserved again, and settled by itself", async () => {
  const { spending, settled } = spendingOf({ a: "budget_exceeded" }, 2);
  const targets = targetsOf([[error(503, "down"), error(503, "down"), OK]]);
  const played = await playCall({ targets, spending });
  assertEquals([played.reply, played.tries], ["402 false", "a a"]);
  assertEquals(settled, [0, 0]);
});
