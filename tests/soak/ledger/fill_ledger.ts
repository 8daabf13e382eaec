/** Fills a ledger in minutes with what calls would fill it with in months. */

import type { CallRecord } from "../../../src/core/ledger/call_record.ts";
import type { LedgerStore } from "../../../src/core/ledger/ledger_store.ts";
import { type CallsWindow, madeCalls } from "./made_calls.ts";

/** Larger than batches ever are, as is the cache: the tables are the same in the end. */
const BATCH = 20_000;
/** For the connection that fills it. */
export const WRITTEN_FAST = "PRAGMA synchronous = OFF; PRAGMA cache_size = -262144";

export async function fillLedger(
  store: LedgerStore,
  calls: number,
  window: CallsWindow,
): Promise<void> {
  let batch: CallRecord[] = [];
  for (const record of madeCalls(calls, window)) {
    batch.push(record);
    if (batch.length < BATCH) continue;
    await store.append(batch);
    batch = [];
  }
  await store.append(batch);
}
