/** Records as text, one JSON object in a line: what crosses between threads for next to nothing. */

import type { CallRecord } from "../../core/ledger/call_record.ts";

/** Records on their way to the store. */
export interface RecordBatch {
  /** A line for each, its line end included. */
  readonly text: string;
  readonly records: number;
  /** Records that were lost before this batch, for want of room. */
  readonly lost: number;
}

export function recordLine(record: CallRecord): string {
  return `${JSON.stringify(record)}\n`;
}

export function recordsOf(text: string): readonly CallRecord[] {
  if (text === "") return [];
  // One parse for all lines takes two thirds of one for each.
  return JSON.parse(`[${text.slice(0, -1).replaceAll("\n", ",")}]`);
}
