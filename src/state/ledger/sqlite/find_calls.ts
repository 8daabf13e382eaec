/** Finds calls: pages of those that were asked for, and single ones. */

import type { Row } from "../row.ts";
import { type CallRecord, endOfUid } from "../../../core/ledger/call_record.ts";
import {
  type CallsPage,
  type CallsQuery,
  TEXT_SEARCH_CALLS,
} from "../../../core/ledger/ledger_store.ts";
import { likePattern, readNumber } from "../asked_calls.ts";
import { readBodiesText, readRecordText } from "../record_text.ts";
import { hashOf } from "../request_hash.ts";
import type { SeriesCache } from "../sums/series_cache.ts";
import { firstIdOf } from "./call_id.ts";
import type { Database } from "./database.ts";
import { refreshSeries } from "./series_table.ts";

/** Ids of calls: from the first to before the last. */
interface Range {
  readonly from: number;
  readonly until: number;
}

export function findCalls(database: Database, series: SeriesCache, query: CallsQuery): CallsPage {
  return database.read(() => {
    refreshSeries(database, series);
    const { fromMs, untilMs, cursor, limit, text } = query;
    const window = {
      from: fromMs === undefined ? 0 : firstIdOf(Math.ceil(fromMs)),
      until: untilMs === undefined ? Number.MAX_SAFE_INTEGER : firstIdOf(Math.ceil(untilMs)),
    };
    const searched = text === undefined ? window : newestOf(database, window);
    const until = cursor === undefined
      ? searched.until
      : Math.min(searched.until, readNumber(cursor));
    // One more says whether there is another page.
    const ids = idsOf(database, series, query, { from: searched.from, until });
    const page = ids.slice(0, limit);
    return {
      calls: readRecords(database, page),
      nextCursor: ids.length > limit ? String(page.at(-1)) : undefined,
      isPartial: searched.from > window.from &&
        hasAny(database, { ...window, until: searched.from }),
    };
  });
}

/** The newest calls of a window, as many as are searched for a text. */
function newestOf(database: Database, { from, until }: Range): Range {
  const first = database.get(
    "SELECT id FROM calls WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1 OFFSET ?",
    ...[from, until, TEXT_SEARCH_CALLS - 1],
  );
  return { from: first === undefined ? from : Number(first["id"]), until };
}

function hasAny(database: Database, { from, until }: Range): boolean {
  const found = database.get("SELECT 1 FROM calls WHERE id >= ? AND id < ? LIMIT 1", from, until);
  return found !== undefined;
}

/** The newest, one more than a page has. */
function idsOf(
  database: Database,
  series: SeriesCache,
  query: CallsQuery,
  range: Range,
): readonly number[] {
  const { text, limit } = query;
  const labels = series.labelsAsked(query);
  if (labels?.length === 0) return [];
  if (text !== undefined) return idsWithText(database, series, { text, limit }, labels, range);
  if (labels !== undefined) return newestWithLabels(database, labels, range, limit + 1);
  const { from, until } = range;
  return numbersOf(database.all(
    "SELECT id FROM calls WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?",
    ...[from, until, limit + 1],
  ));
}

function numbersOf(rows: readonly Row[]): number[] {
  return rows.map(({ id }) => Number(id));
}

/**
 * The newest of several labels, each of which has its calls in order: one look into the index for each, and
 * then one for each call that is taken. So it does not matter how rare they are, or how they lie.
 */
function newestWithLabels(
  database: Database,
  labels: readonly number[],
  { from, until }: Range,
  count: number,
): readonly number[] {
  const before = "SELECT max(id) FROM calls WHERE label = ? AND id >= ? AND id < ?";
  const newest = database.all(
    `SELECT value AS label,
      (SELECT max(id) FROM calls WHERE label = value AND id >= ? AND id < ?) AS id
      FROM json_each(?)`,
    ...[from, until, JSON.stringify(labels)],
  );
  const heads = newest.filter(({ id }) => id !== null)
    .map(({ label, id }) => ({ label: Number(label), id: Number(id) }))
    .sort((left, right) => right.id - left.id)
    // A label whose newest comes behind so many others has none that is wanted.
    .slice(0, count);
  const found: number[] = [];
  while (found.length < count) {
    let next = heads[0];
    for (const head of heads) if (next === undefined || head.id > next.id) next = head;
    if (next === undefined || next.id < from) break;
    found.push(next.id);
    // 0 is below every range.
    next.id = database.number(before, next.label, from, next.id) || -1;
  }
  return found;
}

function idsWithText(
  database: Database,
  series: SeriesCache,
  { text, limit }: { readonly text: string; readonly limit: number },
  labels: readonly number[] | undefined,
  { from, until }: Range,
): readonly number[] {
  const pattern = likePattern(text);
  return numbersOf(database.all(
    `SELECT id FROM calls WHERE id >= ? AND id < ?
      ${labels === undefined ? "AND ? IS NULL" : "AND label IN (SELECT value FROM json_each(?))"}
      AND (texts LIKE ? ESCAPE '\\' OR uid LIKE ? ESCAPE '\\'
        OR label IN (SELECT value FROM json_each(?)))
      ORDER BY id DESC LIMIT ?`,
    ...[from, until, labels === undefined ? null : JSON.stringify(labels), pattern, pattern],
    ...[JSON.stringify(series.labelsNamed(text)), limit + 1],
  ));
}

/** In the order of their ids. */
function readRecords(database: Database, ids: readonly number[]): CallRecord[] {
  return ids.flatMap((id) => readRecord(database, id) ?? []);
}

function readRecord(database: Database, id: number): CallRecord | undefined {
  const row = database.get(
    "SELECT record, uid FROM records JOIN calls USING (id) WHERE id = ?",
    id,
  );
  if (row === undefined) return undefined;
  const uid = String(row["uid"]);
  return readRecordText(row["record"], { uid, endedMs: endOfUid(uid) ?? 0 });
}

/** By its uid, else the newest with that id of a request. */
export function findCall(database: Database, id: string): CallRecord | undefined {
  return database.read(() => byUid(database, id) ?? byRequest(database, id));
}

function byUid(database: Database, uid: string): CallRecord | undefined {
  const endedMs = endOfUid(uid);
  if (endedMs === undefined) return undefined;
  const row = database.get(
    "SELECT id FROM calls WHERE id >= ? AND uid = ? AND id < ?",
    ...[firstIdOf(endedMs), uid, firstIdOf(endedMs + MAX_SHIFT_MS)],
  );
  return row === undefined ? undefined : readWithBodies(database, Number(row["id"]));
}

/** Calls of a millisecond that was full lie that far behind it at most. */
const MAX_SHIFT_MS = 10;

function byRequest(database: Database, requestId: string): CallRecord | undefined {
  const rows = database.all(
    "SELECT id FROM calls WHERE request_hash = ? ORDER BY id DESC LIMIT 100",
    hashOf(requestId),
  );
  for (const { id } of rows) {
    const record = readRecord(database, Number(id));
    if (record?.line["request_id"] === requestId) return readWithBodies(database, Number(id));
  }
  return undefined;
}

function readWithBodies(database: Database, id: number): CallRecord | undefined {
  const record = readRecord(database, id);
  const row = database.get("SELECT bodies FROM bodies WHERE id = ?", id);
  const bodies = readBodiesText(row?.["bodies"]);
  return record === undefined || bodies === undefined ? record : { ...record, bodies };
}
