/** A record of a call, for tests of what becomes of records. */

import type { CallRecord } from "../../src/core/ledger/call_record.ts";

export function recorded(uid: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    uid,
    endedMs: 1,
    line: { request_id: uid, principal: "anna", model: "m", status: 200, outcome: "complete" },
    attempts: [],
    costUsd: 0.5,
    isEstimated: false,
    ...more,
  };
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
