/** What budgets know of before they have counted it. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { Entity } from "../../../src/core/ledger/ledger_store.ts";
import { startBudgets } from "./budget_fixture.ts";

const told = (usd: number) => ({ usd, isEstimated: false });
const DAY = { scope: "all", usd: 10, period: "day" };

Deno.test("The first call is judged by what the ledger has, and the next ones need not ask", async () => {
  const { reserve, asked, state, reached } = startBudgets({
    listed: [DAY, { scope: "team", name: "research", usd: 5, period: "ever" }],
    spentSince: (asked) => Promise.resolve(asked.map(({ scope }) => scope.kind === "all" ? 9 : 1)),
  });
  const reserving = [reserve(1), reserve(1)];
  assert(await reserving[0] !== undefined);
  await assertRejects(() => reserving[1]!, GatewayError, "9.00 of 10 dollars");
  assertEquals(asked, [[
    { scope: { kind: "team", name: "research" }, fromMs: 0 },
    { scope: { kind: "all", name: "" }, fromMs: Date.UTC(2026, 10, 29) },
  ]]);
  assertEquals([state(0), state(1)], [[9, 1], [1, 1]]);
  assertEquals(reached, [], "the levels were told when they were reached");
});

Deno.test("A ledger that is away is said once, waited for within a bound, and asked again", async () => {
  let answer: "late" | "broken" | "well" = "broken";
  const { reserve, asked, lines, clock, state } = startBudgets({
    listed: [DAY],
    spentSince: (asked) => {
      if (answer === "late") return new Promise(() => {});
      if (answer === "broken") return Promise.reject(new Error("The database is locked"));
      return Promise.resolve(asked.map(() => 9.5));
    },
  });
  (await reserve(1))?.settle(told(1));
  (await reserve(1))?.settle(told(1));
  assertEquals(asked.length, 1, "for a while nobody waits for it");
  assertEquals(lines, ["budgets cannot be loaded from the ledger"]);
  clock.advance(5_000);
  answer = "late";
  const waiting = reserve(1);
  await Promise.resolve();
  clock.advance(1_000);
  (await waiting)?.settle(told(1));
  assertEquals(lines.length, 1);
  assertEquals(state(), [3, 0]);
});

Deno.test("When the ledger is back, budgets know of what it has", async () => {
  let isAway = true;
  const { reserve, lines, clock, state } = startBudgets({
    listed: [DAY],
    spentSince: (asked) =>
      isAway ? Promise.reject(new Error("away")) : Promise.resolve(asked.map(() => 9.5)),
  });
  (await reserve(1))?.settle(told(1));
  isAway = false;
  clock.advance(5_000);
  await assertRejects(async () => await reserve(1), GatewayError, "9.50 of 10 dollars");
  assertEquals(state(), [9.5, 0]);
  assertEquals(lines.at(-1), "budgets are loaded from the ledger again");
});

Deno.test("A budget that is put back is loaded again, and another amount of it is not another budget", async () => {
  let spentUsd = 2;
  const budgetOf = (usd: number): Entity => ({
    kind: "budget",
    id: "b1",
    body: { scope: "all", usd, period: "month" },
  });
  const { reserve, change, asked, state } = startBudgets({
    entities: [budgetOf(10)],
    spentSince: (asked) => Promise.resolve(asked.map(() => spentUsd)),
  });
  (await reserve(1))?.settle(told(1));
  assertEquals(state(), [3, 0]);
  change([budgetOf(20)]);
  (await reserve(1))?.settle(told(1));
  assertEquals([state(), asked.length], [[4, 0], 1]);
  change([]);
  assertEquals(await reserve(1), undefined);
  spentUsd = 8;
  change([budgetOf(20)]);
  (await reserve(1))?.settle(told(1));
  assertEquals([state(), asked.length], [[9, 0], 2]);
});

Deno.test("What others have spent is looked at now and then, while a budget is used", async () => {
  let spentUsd = 0;
  const { reserve, asked, reached, clock, state, loader } = startBudgets({
    listed: [DAY],
    spentSince: (asked) => Promise.resolve(asked.map(() => spentUsd)),
  });
  (await reserve(1))?.settle(told(1));
  spentUsd = 6;
  clock.advance(30_000);
  await Promise.resolve().then(() => {}).then(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals([state(), asked.length], [[6, 0], 2]);
  assertEquals(reached, ["all:day 50"]);
  assertEquals(clock.pending, 0, "nobody has used it since");
  (await reserve(1))?.settle(told(1));
  assertEquals(clock.pending, 1);
  loader.close();
  assertEquals(clock.pending, 0);
});
