/**
 * Fills a ledger with calls of thirty days and asks it what the console asks, many times over. Fails where one of
 * twenty answers of a query takes longer than it may.
 *
 * `deno task soak:ledger --calls 10000000`; a folder that is given is kept, and filled only once.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { Clock } from "../../../src/core/clock.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import { ledgerOptions } from "../../../src/state/ledger/options.ts";
import { openSqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { realClock } from "../../support/real_clock.ts";
import { questions } from "./questions.ts";
import { madeCalls } from "./made_calls.ts";

const MAX_P95_MS = 100;
const ROUNDS = 20;
const BATCH = 5_000;
const DAYS_MS = 30 * 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 29, 7, 30);

const clock: Clock = { ...realClock, epochMs: () => NOW_MS };

async function fill(store: LedgerStore, calls: number): Promise<void> {
  const startMs = performance.now();
  let batch = [];
  for (const record of madeCalls(calls, { fromMs: NOW_MS - DAYS_MS, untilMs: NOW_MS })) {
    batch.push(record);
    if (batch.length < BATCH) continue;
    await store.append(batch);
    batch = [];
  }
  await store.append(batch);
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(
    `${calls} calls written in ${seconds.toFixed(1)} s, ${
      (seconds * 1e6 / calls).toFixed(1)
    } µs each`,
  );
}

/** In milliseconds, the fastest first. */
async function timesOf(ask: (round: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startMs = performance.now();
    await ask(round);
    times.push(performance.now() - startMs);
  }
  return times.sort((left, right) => left - right);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { calls: { type: "string", default: "1000000" }, folder: { type: "string" } },
  });
  const calls = Number(values.calls);
  Deno.mkdirSync("dist/tests", { recursive: true });
  const folder = values.folder ?? Deno.makeTempDirSync({ dir: "dist/tests" });
  const path = `${folder}/ledger.sqlite`;
  const store = openSqliteStore(
    folder,
    ledgerOptions.parse({ maxBytes: 1_099_511_627_776 }),
    clock,
  );
  try {
    const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
    if ((sums?.calls ?? 0) < calls) await fill(store, calls);
    console.log(`${(Deno.statSync(path).size / calls).toFixed(0)} bytes a call`);
    let isSlow = false;
    for (const [name, ask] of questions(store, NOW_MS)) {
      const times = await timesOf(ask);
      const [p50, p95] = [0.5, 0.95].map((share) => times[Math.ceil(share * ROUNDS) - 1] as number);
      const verdict = p95! > MAX_P95_MS ? "  TOO SLOW" : "";
      isSlow ||= verdict !== "";
      console.log(
        `${name.padEnd(64)} ${p50!.toFixed(1).padStart(7)} ${
          p95!.toFixed(1).padStart(7)
        } ms${verdict}`,
      );
    }
    if (isSlow) Deno.exitCode = 1;
  } finally {
    await store.close();
    if (values.folder === undefined) Deno.removeSync(folder, { recursive: true });
  }
}

await main();
