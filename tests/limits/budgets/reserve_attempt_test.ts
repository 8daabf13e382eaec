/** What budgets let be spent, by whom, and what they say where they do not. */

import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import { NO_COST } from "../../../src/core/ledger/call_record.ts";
import { ANONYMOUS } from "../../../src/core/principal.ts";
import { ALICE, callOf, startBudgets } from "./budget_fixture.ts";

const told = (usd: number) => ({ usd, isEstimated: false });

async function refusal(reserving: Promise<unknown>): Promise<GatewayError> {
  return await assertRejects(() => reserving, GatewayError);
}

Deno.test("A call that no budget counts is not asked about", async () => {
  const { reserve } = startBudgets({
    listed: [
      { scope: "key", name: "bob", usd: 1, period: "day" },
      { scope: "provider", name: "groq", usd: 1, period: "day" },
    ],
  });
  assertEquals(await reserve(5), undefined);
  assert(await reserve(1, { provider: "groq" }) !== undefined);
  assertEquals(await startBudgets({}).reserve(5), undefined);
});

Deno.test("A call counts in the budgets of its key, its team, its provider and all, or in none", async () => {
  const budgets = startBudgets({
    listed: [
      { scope: "key", name: "alice", usd: 10, period: "day" },
      { scope: "team", name: "research", usd: 10, period: "month" },
      { scope: "provider", name: "openai", usd: 10, period: "week" },
      { scope: "all", usd: 3, period: "ever" },
    ],
  });
  const spending = await budgets.reserve(2);
  for (const index of [0, 1, 2, 3]) assertEquals(budgets.state(index), [0, 2]);
  await refusal(budgets.reserve(1.5));
  for (const index of [0, 1, 2, 3]) assertEquals(budgets.state(index), [0, 2]);
  spending?.settle(told(0.25));
  spending?.settle(told(0.25));
  for (const index of [0, 1, 2, 3]) assertEquals(budgets.state(index), [0.25, 0], "once");
});

Deno.test("Budgets of keys and teams are those of the configuration, and those made at run time", async () => {
  const budget = {
    usd: 1,
    period: "day",
    timeZone: "UTC",
    mode: "hard",
    unpriced: "refuse",
  } as const;
  const budgets = startBudgets({
    keys: [{ name: "alice", budget: { ...budget, usd: 2 } }, { name: "bob" }],
    entities: [
      { kind: "key", id: "k1", body: { name: "alice", hash: "...", budget } },
      { kind: "key", id: "k2", body: { name: "carol", budget, withdrawnMs: 1 } },
      { kind: "key", id: "k3", body: { name: "carol", budget: { usd: 3, period: "week" } } },
      { kind: "team", id: "t1", body: { name: "research", budget } },
      { kind: "team", id: "t2", body: { name: "sales" } },
      { kind: "budget", id: "b1", body: { scope: "all", usd: 9, period: "ever", mode: "soft" } },
      { kind: "budget", id: "b2", body: { scope: "galaxy", usd: 9, period: "ever" } },
    ],
  });
  assertEquals(
    budgets.table.all.map(({ id, source, amount: { usd } }) => `${id} ${source} ${usd}`),
    ["key:alice configuration 2", "b1 entity 9", "key:carol entity 3", "team:research entity 1"],
  );
  assertEquals(budgets.table.unread, ["b2"]);
  const carol = callOf({ ...ANONYMOUS, name: "carol", hasKey: true });
  await budgets.reserve(3, { call: carol });
  const { message } = await refusal(budgets.reserve(0.5, { call: carol }));
  assertMatch(message, /the budget "key:carol" of key "carol"/);
});

Deno.test("A hard budget that is spent says so, and when it renews", async () => {
  const { reserve, clock } = startBudgets({
    listed: [{ scope: "key", name: "alice", usd: 10, period: "month", timeZone: "Europe/Berlin" }],
  });
  (await reserve(10))?.settle(told(10.004));
  const error = await refusal(reserve(0.01));
  assertEquals(error.kind, "budget_exceeded");
  assertEquals([error.status, error.code, error.shouldRetry], [402, "budget_exceeded", false]);
  assertEquals(
    error.message,
    'The budget "key:alice:month" of key "alice" is spent (10.00 of 10 dollars this month); ' +
      "it renews at 2026-11-30T23:00:00Z",
  );
  assertEquals(error.renewsAtMs, Date.parse("2026-11-30T23:00:00Z"));
  assertEquals(error.retryAfterMs, undefined, "nobody is to wait for days");
  assert(await reserve(0) !== undefined, "what costs nothing");
  clock.advance(Date.parse("2026-11-30T22:59:30Z") - clock.epochMs());
  assertEquals((await refusal(reserve(1))).retryAfterMs, 30_000);
  clock.advance(30_000);
  assert(await reserve(1) !== undefined);
});

Deno.test("A call that may cost more than is left is told so; one that waits for others may come again", async () => {
  const { reserve } = startBudgets({ listed: [{ scope: "all", usd: 1, period: "ever" }] });
  (await reserve(0.5))?.settle(told(0.5));
  const large = await refusal(reserve(0.75));
  assertEquals([large.status, large.code, large.shouldRetry], [402, "budget_exceeded", false]);
  assertEquals(
    large.message,
    'The call may cost 0.75 dollars, which is more than is left of the budget "all:ever" of all ' +
      "calls together (0.5 of 1 dollars); lower its max_tokens, or ask for a larger budget",
  );
  const running = await reserve(0.5);
  const early = await refusal(reserve(0.25));
  assertEquals([early.kind, early.status, early.code], ["budget_exceeded", 429, "budget_reserved"]);
  assertEquals([early.retryAfterMs, early.shouldRetry], [1_000, undefined]);
  assertMatch(early.message, /budget.*try again when some have ended/);
  running?.settle(NO_COST);
  assert(await reserve(0.25) !== undefined);
});

Deno.test("Whose budget is spent decides what may be done: a caller's own comes before a provider's", async () => {
  const { reserve } = startBudgets({
    listed: [
      { scope: "provider", name: "openai", usd: 1, period: "day" },
      { scope: "team", name: "research", usd: 3, period: "day" },
    ],
  });
  (await reserve(1))?.settle(told(1));
  assertEquals((await refusal(reserve(1))).code, "provider_budget_exceeded");
  (await reserve(2, { provider: "groq" }))?.settle(told(2));
  assertEquals((await refusal(reserve(1))).code, "budget_exceeded");
});

Deno.test("A model without a price is refused by hard budgets that do not allow it", async () => {
  const listed = [{ scope: "all", usd: 1, period: "day" }];
  const strict = await refusal(startBudgets({ listed }).reserve(null));
  assertEquals([strict.kind, strict.code], ["budget_exceeded", "unpriced_model"]);
  assertMatch(strict.message, /Nobody knows what the model "m" costs.*budget/);
  const soft = startBudgets({ listed: [{ ...listed[0], mode: "soft" }] });
  assert(await soft.reserve(null) !== undefined);
  const { reserve, state } = startBudgets({ listed: [{ ...listed[0], unpriced: "allow" }] });
  (await reserve(null))?.settle({ usd: null, isEstimated: false });
  assertEquals(state(), [0, 0]);
  (await reserve(1))?.settle(told(1));
  assertEquals((await refusal(reserve(null))).code, "budget_exceeded", "spent is spent");
});

Deno.test("What nobody tells the cost of counts by its estimate, with a note", async () => {
  const { reserve, state, estimated } = startBudgets({
    listed: [{ scope: "all", usd: 1, period: "day" }],
  });
  (await reserve(0.25))?.settle({ usd: null, isEstimated: false });
  assertEquals(state(), [0.25, 0]);
  (await reserve(0.25))?.settle({ usd: 0.125, isEstimated: true });
  assertEquals(state(), [0.375, 0]);
  assertEquals(estimated, ["all:day", "all:day"]);
});

Deno.test("Costs below a micro-dollar add up", async () => {
  const { reserve, state } = startBudgets({ listed: [{ scope: "all", usd: 1, period: "day" }] });
  for (let call = 0; call < 1_000; call++) (await reserve(0.001))?.settle(told(0.000_000_3));
  assertEquals(state(), [0.0003, 0]);
});

Deno.test("A soft budget refuses nothing, and says in a header what is spent from the half on", async () => {
  const { reserve, reached } = startBudgets({
    listed: [{ scope: "team", name: "research", usd: 10, period: "day", mode: "soft" }],
  });
  const spend = async (usd: number) => {
    const call = callOf();
    call.trace.headers = [["x-other", "1"]];
    (await reserve(usd, { call }))?.settle(told(usd));
    return call.trace.headers.filter(([name]) => name === "x-weir-budget").map(([, text]) => text);
  };
  assertEquals(await spend(6), []);
  const renews = 'renews="2026-11-30T00:00:00Z"';
  assertEquals(await spend(20), [`"team:research:day:soft";spent=6.00;usd=10;${renews}`]);
  assertEquals(await spend(1), [`"team:research:day:soft";spent=26.00;usd=10;${renews}`]);
  assertEquals(reached, ["team:research:day:soft 50", "team:research:day:soft 100"]);
});

Deno.test("Each level is told once in each period, of hard budgets as well", async () => {
  const { reserve, reached, tomorrow } = startBudgets({
    listed: [{ scope: "all", usd: 1, period: "day" }],
  });
  for (let day = 0; day < 2; day++) {
    for (let call = 0; call < 10; call++) (await reserve(0.1))?.settle(told(0.1));
    tomorrow();
  }
  const levels = ["all:day 50", "all:day 80", "all:day 100"];
  assertEquals(reached, [...levels, ...levels]);
});

Deno.test("A call that ends in the next period counts in that", async () => {
  const { reserve, state, tomorrow } = startBudgets({
    listed: [{ scope: "key", name: ALICE.name, usd: 1, period: "day" }],
  });
  const late = await reserve(0.75);
  tomorrow();
  assertEquals(state(), [0, 0]);
  late?.settle(told(0.5));
  assertEquals(state(), [0.5, 0]);
});
