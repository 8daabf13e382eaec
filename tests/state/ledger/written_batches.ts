/** The batches of an endless writer, which whoever kills it can make again. */

import type { CallRecord } from "../../../src/core/ledger/call_record.ts";
import { callRecord, NOW_MS } from "./recorded_calls.ts";

/** Of one to some hundred calls, so that a kill comes at all moments of a write. */
export function batchFrom(count: number): CallRecord[] {
  const size = 1 + (count * 7_919) % 397;
  return Array.from({ length: size }, (_, at) => numberedCall(count + at));
}

function numberedCall(count: number): CallRecord {
  const line = { principal: `key-${count % 13}`, model: `model-${count % 7}` };
  return callRecord({ count, endedMs: NOW_MS + count, line, costUsd: 0.25 });
}
