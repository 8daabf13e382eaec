/** Drops what is too old or too much, a little at a time, so that calls are written meanwhile. */

import type { LedgerOptions } from "../options.ts";
import { DAY_MS, dayOf, HOUR_MS } from "../sums/windows.ts";
import { firstIdOf } from "./call_id.ts";
import type { Database } from "./database.ts";

/** Takes some ten milliseconds. */
const CALLS_AT_ONCE = 1_000;

/** @returns Whether there is more to drop. */
export function pruneStep(database: Database, options: LedgerOptions, nowMs: number): boolean {
  const tooOld = firstIdOf(nowMs - options.callsMaxAgeMs);
  if (dropCalls(database, tooOld)) return true;
  if (usedBytes(database) > options.maxBytes && dropCalls(database, Number.MAX_SAFE_INTEGER)) {
    return true;
  }
  database.write(() => {
    database.run("DELETE FROM audit WHERE at_ms < ?", nowMs - options.auditMaxAgeMs);
    const { sumsMaxAgeMs } = options;
    if (sumsMaxAgeMs === undefined) return;
    // Whole days of both, since one is taken away from the other.
    const oldestMs = dayOf(nowMs - sumsMaxAgeMs);
    database.run("DELETE FROM hours WHERE time < ?", oldestMs / HOUR_MS);
    database.run("DELETE FROM days WHERE time < ?", oldestMs / DAY_MS);
  });
  return false;
}

/** The oldest of those below an id. False where there were none. */
function dropCalls(database: Database, below: number): boolean {
  const ids = database.all(
    "SELECT id FROM calls WHERE id < ? ORDER BY id LIMIT ?",
    ...[below, CALLS_AT_ONCE],
  );
  const last = ids.at(-1)?.["id"];
  if (last === undefined) return false;
  database.write(() => {
    for (const table of ["calls", "records", "bodies"]) {
      database.run(`DELETE FROM ${table} WHERE id <= ?`, Number(last));
    }
  });
  return true;
}

/** Without what is free to be used again. */
function usedBytes(database: Database): number {
  const pages = database.number("PRAGMA page_count") - database.number("PRAGMA freelist_count");
  return pages * database.number("PRAGMA page_size");
}
