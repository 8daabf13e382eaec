/** What the ledger keeps of a call that is over. */

import type { CallTrace, EndedCall } from "../core/call.ts";
import {
  type AttemptRecord,
  type CallRecord,
  callUid,
  type Cost,
  NO_COST,
} from "../core/ledger/call_record.ts";
import type { Outcome } from "../core/outcome.ts";
import type { JsonObject } from "../core/text/json.ts";
import type { Redact } from "../core/text/redactor.ts";
import type { Writable } from "../core/writable.ts";

/** @param line The fields of the log's line, of which it holds no secret. */
export type CallRecordOf = (ended: EndedCall, line: JsonObject) => CallRecord;

const NO_ATTEMPTS: readonly AttemptRecord[] = [];

/** @param thread A name of letters and digits that no other thread has, on any machine and after any restart. */
export function createCallRecordOf(thread: string, redact: Redact): CallRecordOf {
  let count = 0;
  return ({ call, outcome, endedMs }, line) => {
    const { principal: { team }, trace } = call;
    const { usd, isEstimated } = costOf(trace, outcome);
    const record: Writable<CallRecord> = {
      uid: callUid(endedMs, thread, count++),
      endedMs,
      line,
      attempts: shown(trace.tries ?? NO_ATTEMPTS, redact),
      costUsd: usd,
      isEstimated,
    };
    if (team !== undefined) record.team = team;
    if (trace.tags !== undefined) record.tags = trace.tags;
    if (trace.bodies !== undefined) record.bodies = trace.bodies.kept();
    return record;
  };
}

/** What nobody was asked for costs nothing; what was sent, and is not known, is unknown. */
function costOf(trace: CallTrace, outcome: Outcome): Cost {
  const known = outcome.cost ?? trace.cost;
  if (known !== undefined) return known;
  return trace.attempts === 0 ? NO_COST : { usd: outcome.usage?.cost ?? null, isEstimated: false };
}

/** Causes are words of providers and of connections. */
function shown(attempts: readonly AttemptRecord[], redact: Redact): readonly AttemptRecord[] {
  if (attempts.every(({ cause }) => cause === undefined)) return attempts;
  return attempts.map((attempt) =>
    attempt.cause === undefined ? attempt : { ...attempt, cause: redact(attempt.cause) }
  );
}
