/** What calls cost by Weir is what their providers charge, call by call and in sum. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { runCharges } from "./run_charges.ts";

const CALLS = 1_000;

for (const drains of [false, true]) {
  const left = drains ? "read on" : "cancelled";
  Deno.test(`the log and the ledger agree with the books of providers; streams that are left are ${left}`, async () => {
    const result = await runCharges(CALLS, Number(drains), drains);
    assertEquals(result.problems, []);
    const { exact, estimated, unknown } = result;
    assertEquals(exact.calls + estimated.calls + unknown.calls, CALLS);
    assert(exact.calls > CALLS * 0.75, String(exact.calls));
    assert(estimated.calls > 0 && unknown.calls > 0);
    assertAlmostEquals(result.ledgerUsd ?? NaN, exact.usd + estimated.usd, 1e-6);
  });
}
