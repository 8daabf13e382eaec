/** What is told of a call's cost: the same in the log, the admin API and the events. */

import { assertEquals } from "@std/assert";
import { callRoutes } from "../../../src/admin/calls/calls.ts";
import type { AttemptRecord, CallRecord } from "../../../src/core/ledger/call_record.ts";
import type { LedgerQueries } from "../../../src/core/ledger/ledger.ts";

/** What two sums of binary fractions leave of 0.00002. */
const USD = 14 / 1e6 + 6 / 1e6;
const COST = { usd: USD, isEstimated: false };
const ATTEMPT: AttemptRecord = {
  provider: "p",
  model: "m",
  sentMs: 0,
  endedMs: 1,
  outcome: "complete",
  cost: COST,
};
const RECORD: CallRecord = {
  uid: "0",
  endedMs: 0,
  line: { request_id: "a", cost: 0.00002 },
  attempts: [ATTEMPT, { ...ATTEMPT, cost: { usd: null, isEstimated: false } }],
  costUsd: USD,
  isEstimated: false,
};

async function ask(path: string) {
  const store = {
    calls: () => Promise.resolve({ calls: [RECORD], isPartial: false }),
    call: () => Promise.resolve(RECORD),
  } as unknown as LedgerQueries;
  const found = callRoutes({ store }).find((route) => route.path === path);
  const asked = { query: {}, params: { id: "a" } } as never;
  return await (await found?.handle(asked))?.json();
}

Deno.test("a call costs in the admin API what its line in the log says", async () => {
  assertEquals(USD === 0.00002, false);
  assertEquals((await ask("/calls")).data[0].cost, 0.00002);
  const { cost, tries } = await ask("/calls/{id}");
  assertEquals([cost, tries[0].cost, tries[1].cost], [0.00002, 0.00002, null]);
});
