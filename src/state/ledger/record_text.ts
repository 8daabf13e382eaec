/**
 * Records of calls as a database gives them back. What writes them is Weir alone, but a row may be another version's, or
 * come from a copy that was mended by hand: one that cannot be read must not take the page that it stands on away.
 *
 * @module
 */

import type { AttemptRecord, CallRecord, KeptBodies } from "../../core/ledger/call_record.ts";
import { isJsonObject, type JsonObject, parseJsonObject } from "../../core/text/json.ts";

/** What is shown in place of a record that cannot be read; that the call was made is known all the same. */
const UNREADABLE = "The ledger's row of this call cannot be read";

/** @param uid The call's own, and when it ended, as they stand beside the record. */
export function readRecordText(
  text: unknown,
  { uid, endedMs }: Pick<CallRecord, "uid" | "endedMs">,
): CallRecord {
  const record = typeof text === "string" ? parseJsonObject(text) : undefined;
  if (record !== undefined && isCallRecord(record)) return record as unknown as CallRecord;
  const line = { reason: UNREADABLE };
  return { uid, endedMs, line, attempts: [], costUsd: null, isEstimated: false };
}

/** `undefined` where nothing is kept, or nothing that can be read. */
export function readBodiesText(text: unknown): KeptBodies | undefined {
  const bodies = typeof text === "string" ? parseJsonObject(text) : undefined;
  return bodies !== undefined && areTexts(bodies) ? bodies : undefined;
}

function isCallRecord(record: JsonObject): boolean {
  const { uid, endedMs, line, team, tags, attempts, costUsd, isEstimated } = record;
  return typeof uid === "string" && isTime(endedMs) && isJsonObject(line) &&
    (team === undefined || typeof team === "string") &&
    (tags === undefined || isJsonObject(tags) && areTexts(tags)) &&
    Array.isArray(attempts) && attempts.every(isAttempt) &&
    isAmount(costUsd) && typeof isEstimated === "boolean";
}

function isAttempt(attempt: unknown): boolean {
  if (!isJsonObject(attempt)) return false;
  const { provider, model, sentMs, endedMs, outcome, cost } = attempt satisfies Readonly<
    Partial<Record<keyof AttemptRecord, unknown>>
  >;
  return typeof provider === "string" && typeof model === "string" &&
    typeof outcome === "string" && typeof sentMs === "number" && typeof endedMs === "number" &&
    isJsonObject(cost) && isAmount(cost["usd"]);
}

/** The furthest that a date can be from 1970. */
const MAX_TIME_MS = 8_640_000_000_000_000;

function isTime(value: unknown): boolean {
  return typeof value === "number" && Math.abs(value) <= MAX_TIME_MS;
}

function isAmount(value: unknown): boolean {
  return value === null || typeof value === "number" && Number.isFinite(value);
}

function areTexts(members: JsonObject): boolean {
  return Object.values(members).every((value) => typeof value === "string");
}
