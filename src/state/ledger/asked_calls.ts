/** What is asked of calls, and where a page of them ends. */

import type { CallRecord } from "../../core/ledger/call_record.ts";
import {
  type CallFilter,
  type CallsQuery,
  LedgerQueryError,
} from "../../core/ledger/ledger_store.ts";

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
  if (!/^\d{1,16}$/.test(cursor)) throw badCursor();
  return Number(cursor);
}

function badCursor(): LedgerQueryError {
  return new LedgerQueryError("The cursor is none of this ledger's; begin without one");
}

export function isWithin({ endedMs }: CallRecord, { fromMs, untilMs }: CallsQuery): boolean {
  return (fromMs === undefined || endedMs >= fromMs) &&
    (untilMs === undefined || endedMs < untilMs);
}

/** Whether an outcome and a status are those asked for. */
export function isAsked(outcome: string, status: number, wanted: CallsQuery): boolean {
  if (wanted.outcome !== undefined && outcome !== wanted.outcome) return false;
  if (wanted.status === undefined) return true;
  return wanted.status < 10 ? Math.floor(status / 100) === wanted.status : status === wanted.status;
}

export function outcomeOf({ line }: CallRecord): string {
  return String(line["outcome"] ?? "");
}

export function statusOf({ line }: CallRecord): number {
  return Number(line["status"] ?? 0);
}

/** As pages have it. */
export function withoutBodies(record: CallRecord): CallRecord {
  const { bodies: _, ...rest } = record;
  return rest;
}

/** Whether more is asked for than a time. */
export function hasDimensions({ key, team, model, provider, surface, tag }: CallFilter): boolean {
  return [key, team, model, provider, surface, tag].some((wanted) => wanted !== undefined);
}

/** Whether more is asked for than a time and a text. */
export function hasNames(query: CallsQuery): boolean {
  return hasDimensions(query) || query.outcome !== undefined || query.status !== undefined;
}

/** A text anywhere in another one, for `LIKE` with `\\` as its escape. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, "\\$&")}%`;
}
