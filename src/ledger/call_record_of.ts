/** What the ledger keeps of a call that is over. */

import type { FinishedCall } from "../core/call.ts";
import { type CallRecord, callUid } from "../core/ledger/call_record.ts";
import type { Outcome } from "../core/outcome.ts";
import type { JsonObject } from "../core/text/json.ts";

export interface FinishedRecord {
  readonly call: FinishedCall;
  readonly outcome: Outcome;
  /** Milliseconds since the Unix epoch. */
  readonly endedMs: number;
}

/** @param line The fields of the log's line, of which it holds no secret. */
export type CallRecordOf = (finished: FinishedRecord, line: JsonObject) => CallRecord;

/** @param thread A name of letters and digits that no other thread has, on any machine and after any restart. */
export function createCallRecordOf(thread: string): CallRecordOf {
  let count = 0;
  return ({ call, outcome, endedMs }, line) => {
    const { principal: { team }, trace } = call;
    const costUsd = outcome.usage?.cost ?? (trace.attempts === 0 ? 0 : null);
    return {
      uid: callUid(endedMs, thread, count++),
      endedMs,
      line,
      ...(team !== undefined && { team }),
      attempts: [],
      costUsd,
      isEstimated: false,
    };
  };
}
