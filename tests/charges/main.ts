/**
 * `deno task soak:charges --calls 50000 --seed 1`: what calls cost by Weir's log, beside what their providers charge.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { runCharges } from "./run_charges.ts";

const { values } = parseArgs({
  options: {
    calls: { type: "string", default: "50000" },
    seed: { type: "string", default: "1" },
  },
});

let problems = 0;
for (const drains of [false, true]) {
  const calls = Number(values.calls) / 2;
  const result = await runCharges(calls, Number(values.seed) + Number(drains), drains);
  console.log(`${calls} calls, streams that are left are ${drains ? "read on" : "cancelled"}:`);
  for (const sort of ["exact", "estimated", "unknown"] as const) {
    const { calls, usd, charged } = result[sort];
    console.log(
      `  ${calls} ${sort}: ${usd.toFixed(6)} dollars in the log, ${
        charged.toFixed(6)
      } in the books`,
    );
  }
  console.log(`  ${result.ledgerUsd?.toFixed(6) ?? "nothing"} in the ledger`);
  for (const [name, count] of [...result.listed].sort()) console.log(`  ${count} ${name}`);
  for (const problem of result.problems.slice(0, 20)) console.log(`  FAIL ${problem}`);
  problems += result.problems.length;
}
Deno.exit(problems === 0 ? 0 : 1);
