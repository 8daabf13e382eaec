/** Finds calls: pages of those that were asked for, and single ones. */

import type { Row } from "../row.ts";
import { type CallRecord, endOfUid } from "../../../core/ledger/call_record.ts";
import {
  type CallsPage,
  type CallsQuery,
  TEXT_SEARCH_CALLS,
} from "../../../core/ledger/ledger_store.ts";
import { likePattern, type Position, positionOf, readPosition } from "../asked_calls.ts";
import { readBodiesText, readRecordText } from "../record_text.ts";
import { hashOf } from "../request_hash.ts";
import type { SeriesCache } from "../sums/series_cache.ts";
import type { Run, Value } from "./connection.ts";
import { refreshSeries } from "./series_rows.ts";

/** Calls from a time on, before a position. */
interface Range {
  readonly from: Position;
  readonly until: Position;
}

const IN_RANGE = "(ended_ms, uid) >= ($1, $2) AND (ended_ms, uid) < ($3, $4)";
const NEWEST_FIRST = "ORDER BY ended_ms DESC, uid DESC";

export async function findCalls(
  run: Run,
  cache: SeriesCache,
  query: CallsQuery,
): Promise<CallsPage> {
  const before = query.cursor === undefined ? undefined : readPosition(query.cursor);
  await refreshSeries(run, cache);
  const { fromMs = 0, untilMs = Number.MAX_SAFE_INTEGER, limit, text } = query;
  const window = {
    from: { endedMs: Math.ceil(fromMs), uid: "" },
    until: { endedMs: Math.ceil(untilMs), uid: "" },
  };
  const first = text === undefined ? undefined : await firstSearched(run, window);
  const from = first ?? window.from;
  const found = await positionsOf(run, cache, query, { from, until: before ?? window.until });
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    calls: await readRecords(run, page),
    nextCursor: found.length > limit && last !== undefined ? positionOf(last) : undefined,
    isPartial: first !== undefined && await hasAny(run, { from: window.from, until: first }),
  };
}

function valuesOf({ from, until }: Range): Value[] {
  return [from.endedMs, from.uid, until.endedMs, until.uid];
}

/** The oldest of the newest calls of a window that are searched for a text; `undefined` where all are. */
async function firstSearched(run: Run, window: Range): Promise<Position | undefined> {
  const [row] = await run(
    `SELECT ended_ms, uid FROM weir.calls WHERE ${IN_RANGE} ${NEWEST_FIRST} LIMIT 1 OFFSET $5`,
    [...valuesOf(window), TEXT_SEARCH_CALLS - 1],
  );
  return row === undefined ? undefined : positionOfRow(row);
}

async function hasAny(run: Run, range: Range): Promise<boolean> {
  const sql = `SELECT 1 FROM weir.calls WHERE ${IN_RANGE} LIMIT 1`;
  return (await run(sql, valuesOf(range))).length > 0;
}

/** The newest, one more than a page has. */
async function positionsOf(
  run: Run,
  cache: SeriesCache,
  query: CallsQuery,
  range: Range,
): Promise<readonly Position[]> {
  const { text, limit } = query;
  const labels = cache.labelsAsked(query);
  if (labels?.length === 0) return [];
  const values = valuesOf(range);
  const rows = text !== undefined
    ? await run(
      `SELECT ended_ms, uid FROM weir.calls WHERE ${IN_RANGE}
        AND ($5::int[] IS NULL OR label = ANY($5::int[]))
        AND (texts ILIKE $6 OR uid ILIKE $6 OR label = ANY($7::int[])) ${NEWEST_FIRST} LIMIT $8`,
      [...values, labels ?? null, likePattern(text), cache.labelsNamed(text), limit + 1],
    )
    : labels === undefined
    ? await run(
      `SELECT ended_ms, uid FROM weir.calls WHERE ${IN_RANGE} ${NEWEST_FIRST} LIMIT $5`,
      [...values, limit + 1],
    )
    // The newest of each label, which has its calls in order, and of them the newest.
    : await run(
      `SELECT ended_ms, uid FROM unnest($5::int[]) AS wanted (label) CROSS JOIN LATERAL (
          SELECT ended_ms, uid FROM weir.calls
          WHERE calls.label = wanted.label AND ${IN_RANGE} ${NEWEST_FIRST} LIMIT $6
        ) AS newest ${NEWEST_FIRST} LIMIT $6`,
      [...values, labels, limit + 1],
    );
  return rows.map(positionOfRow);
}

function positionOfRow(row: Row): Position {
  return { endedMs: Number(row["ended_ms"]), uid: String(row["uid"]) };
}

async function readRecords(run: Run, page: readonly Position[]): Promise<CallRecord[]> {
  const rows = await run(
    `SELECT ended_ms, uid, record FROM weir.records
      JOIN unnest($1::bigint[], $2::text[]) AS wanted (ended_ms, uid) USING (ended_ms, uid)
      ${NEWEST_FIRST}`,
    [page.map(({ endedMs }) => endedMs), page.map(({ uid }) => uid)],
  );
  return rows.map(recordOf);
}

function recordOf(row: Row): CallRecord {
  const read = readRecordText(row["record"], positionOfRow(row));
  const bodies = readBodiesText(row["bodies"]);
  return bodies === undefined ? read : { ...read, bodies };
}

/** By its uid, else the newest with that id of a request. */
export async function findCall(run: Run, id: string): Promise<CallRecord | undefined> {
  const endedMs = endOfUid(id);
  if (endedMs !== undefined) {
    const sql =
      "SELECT ended_ms, uid, record, bodies FROM weir.records WHERE ended_ms = $1 AND uid = $2";
    const [row] = await run(sql, [endedMs, id]);
    if (row !== undefined) return recordOf(row);
  }
  const rows = await run(
    `SELECT ended_ms, uid, record, bodies FROM weir.calls JOIN weir.records USING (ended_ms, uid)
      WHERE request_hash = $1 ${NEWEST_FIRST} LIMIT 100`,
    [hashOf(id)],
  );
  return rows.map(recordOf).find(({ line }) => line["request_id"] === id);
}
