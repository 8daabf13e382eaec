/** What is asked of calls, and where a page of them ends. */

import type { CallRecord } from "../../core/ledger/call_record.ts";
import { type CallsQuery, LedgerQueryError } from "../../core/ledger/ledger_store.ts";

/** Of calls in the order of their ends, and of their names where they ended at once. */
export interface Position {
  readonly endedMs: number;
  readonly uid: string;
}

export function positionOf({ endedMs, uid }: Position): string {
  return `${endedMs}.${uid}`;
}

export function readPosition(cursor: string): Position {
  const [, endedMs, uid] = /^(\d{1,15})\.(.{1,200})$/.exec(cursor) ?? [];
  if (uid === undefined) throw badCursor();
  return { endedMs: Number(endedMs), uid };
}

export function isBefore(left: Position, right: Position): boolean {
  if (left.endedMs !== right.endedMs) return left.endedMs < right.endedMs;
  return left.uid < right.uid;
}

/** A cursor that is one number. */
export function readNumber(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw badCursor();
  return Number(cursor);
}

function badCursor(): LedgerQueryError {
  return new LedgerQueryError("The cursor is none of this ledger's; begin without one");
}

export function isWithin({ endedMs }: CallRecord, { fromMs, untilMs }: CallsQuery): boolean {
  return (fromMs === undefined || endedMs >= fromMs) &&
    (untilMs === undefined || endedMs < untilMs);
}

/** Whether a call's outcome and status are those asked for; its names are not looked at. */
export function isAsked({ line }: CallRecord, { outcome, status }: CallsQuery): boolean {
  if (outcome !== undefined && line["outcome"] !== outcome) return false;
  return status === undefined || isStatus(Number(line["status"] ?? 0), status);
}

/** @param wanted A status, or its hundreds. */
export function isStatus(status: number, wanted: number): boolean {
  return wanted < 10 ? Math.floor(status / 100) === wanted : status === wanted;
}
