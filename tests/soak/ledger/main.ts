/**
 * Fills a ledger with calls of thirty days and asks it what the console asks, many times over. Fails where one of
 * twenty answers of a query takes longer than it may: 100 ms of a processor, and on a machine that is slower, or
 * whose caches others use as well, a third of what SQLite takes there for adding up a million numbers.
 *
 * `deno task soak:ledger --calls 10000000`; a folder that is given is kept, and filled only once.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { cpuUsage } from "node:process";
import { parseArgs } from "node:util";
import type { Clock } from "../../../src/core/clock.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import { ledgerOptions } from "../../../src/state/ledger/options.ts";
import type { Database } from "../../../src/state/ledger/sqlite/database.ts";
import { openDatabase } from "../../../src/state/ledger/sqlite/open_database.ts";
import { SqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { realClock } from "../../support/real_clock.ts";
import { fillLedger, WRITTEN_FAST } from "./fill_ledger.ts";
import { questions } from "./questions.ts";

const MAX_P95_MS = 100;
const ROUNDS = 20;
const REFERENCE =
  "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000000) SELECT sum(n % 7) FROM counted";
const REFERENCE_ROUNDS = 3;
const MAX_OF_REFERENCE = 1 / 3;
const ASKED = "PRAGMA cache_size = -16384";
const DAYS_MS = 30 * 86_400_000;
const NOW_MS = Date.UTC(2026, 10, 29, 7, 30);

const clock: Clock = { ...realClock, epochMs: () => NOW_MS };

async function fill(store: LedgerStore, calls: number): Promise<void> {
  const startMs = performance.now();
  await fillLedger(store, calls, { fromMs: NOW_MS - DAYS_MS, untilMs: NOW_MS });
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(
    `${calls} calls written in ${seconds.toFixed(1)} s, ${
      (seconds * 1e6 / calls).toFixed(1)
    } µs each`,
  );
}

interface Times {
  /** In milliseconds, the fastest first. */
  readonly wall: readonly number[];
  /** Of the processor, which other work on the machine does not lengthen. */
  readonly processor: readonly number[];
}

async function timesOf(
  ask: (round: number) => Promise<unknown> | void,
  rounds = ROUNDS,
): Promise<Times> {
  const wall: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    const startUsage = cpuUsage();
    await ask(round);
    const { user, system } = cpuUsage(startUsage);
    processor.push((user + system) / 1_000);
    wall.push(performance.now() - startMs);
  }
  const ascending = (left: number, right: number) => left - right;
  return { wall: wall.sort(ascending), processor: processor.sort(ascending) };
}

function shown(times: readonly number[]): string {
  return [0.5, 0.95].map((share) => percentile(times, share).toFixed(1).padStart(8)).join("");
}

function percentile(ascending: readonly number[], share: number): number {
  return ascending[Math.ceil(share * ascending.length) - 1] ?? 0;
}

const TOO_SLOW = "  TOO SLOW";

async function verdictOn(p95Ms: number, database: Database): Promise<string> {
  if (p95Ms <= MAX_P95_MS) return "";
  const { processor } = await timesOf(() => database.execute(REFERENCE), REFERENCE_ROUNDS);
  const referenceMs = percentile(processor, 0.5);
  return p95Ms <= MAX_OF_REFERENCE * referenceMs
    ? `  slow machine: the reference takes ${referenceMs.toFixed(0)} ms`
    : TOO_SLOW;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { calls: { type: "string", default: "1000000" }, folder: { type: "string" } },
  });
  const calls = Number(values.calls);
  await Deno.mkdir("dist/tests", { recursive: true });
  const folder = values.folder ?? await Deno.makeTempDir({ dir: "dist/tests" });
  const path = `${folder}/ledger.sqlite`;
  const database = openDatabase(path, "normal");
  database.execute(WRITTEN_FAST);
  const store = new SqliteStore(database, ledgerOptions.parse(undefined), clock);
  try {
    const [sums] = await store.usage({ groups: [], timeZone: "UTC" });
    if ((sums?.calls ?? 0) < calls) await fill(store, calls);
    console.log(`${((await Deno.stat(path)).size / calls).toFixed(0)} bytes a call`);
    database.execute(ASKED);
    console.log(`${"".padEnd(56)}  processor, ms   wall clock, ms`);
    console.log(`${"".padEnd(56)}     p50     p95     p50     p95`);
    let isSlow = false;
    for (const [name, ask] of questions(store, NOW_MS)) {
      const { wall, processor } = await timesOf(ask);
      const verdict = await verdictOn(percentile(processor, 0.95), database);
      isSlow ||= verdict === TOO_SLOW;
      console.log(`${name.padEnd(56)}${shown(processor)}${shown(wall)}${verdict}`);
    }
    if (isSlow) Deno.exitCode = 1;
  } finally {
    await store.close();
    if (values.folder === undefined) await Deno.remove(folder, { recursive: true });
  }
}

await main();
