/** Reads sums: usage by groups, and what was spent since a time. */

import type { Row } from "../row.ts";
import type {
  CallFilter,
  SpendScope,
  UsageQuery,
  UsageRow,
} from "../../../core/ledger/ledger_store.ts";
import { hasDimensions } from "../asked_calls.ts";
import { type Scope, scopeFor } from "../sums/scopes.ts";
import { nameOfHour, type Segment, segmentsByName, segmentsOf } from "../sums/segments.ts";
import type { SeriesCache } from "../sums/series_cache.ts";
import { costOfCalls, spentParts } from "../sums/spent.ts";
import { SUM_COLUMNS, sumsOfRow } from "../sums/sum_columns.ts";
import { UsageRows } from "../sums/usage_rows.ts";
import { askedHours, keptHours, type Window } from "../sums/windows.ts";
import { firstIdOf } from "./call_id.ts";
import type { Database, Value } from "./database.ts";
import { refreshSeries } from "./series_table.ts";

/** Of so few series each is looked for in each hour; of more, all of the time are read. */
const MAX_LOOKED_FOR = 32;

const SUMMED = SUM_COLUMNS.map((name) => `sum(sign * ${name}) AS ${name}`).join(", ");

/** The first and the last hour of sums; each is looked up, where one question for both would read them all. */
const BOUNDS = `
  SELECT (SELECT min(time) FROM hours WHERE scope = 1) AS first,
    (SELECT max(time) FROM hours WHERE scope = 1) AS last`;

export function readUsage(
  database: Database,
  series: SeriesCache,
  query: UsageQuery,
  nowMs: number,
): readonly UsageRow[] {
  return database.read(() => {
    refreshSeries(database, series);
    const scope = scopeFor(query, query.groups);
    const rows = new UsageRows(query.groups);
    const window = keptHours(askedHours(query, nowMs), database.get(BOUNDS));
    const ids = hasDimensions(query) ? series.seriesWith(scope, query) : undefined;
    const segments = segmentsOf(window, query.groups, query.timeZone);
    for (const [name, named] of segmentsByName(segments)) {
      for (const row of readSegments(database, scope, ids, named)) {
        const dimensions = series.dimensionsOf(Number(row["series"]));
        if (dimensions === undefined) continue;
        rows.add(name ?? nameOfHour(Number(row["time"])), dimensions, sumsOfRow(row));
      }
    }
    return rows.sorted();
  });
}

/**
 * Sums of each series in all of the segments, which have one name; where they have none, of each time as
 * well.
 */
function readSegments(
  database: Database,
  scope: Scope,
  ids: readonly number[] | undefined,
  segments: readonly Segment[],
): readonly Row[] {
  const selected = segments.map((segment) => selectSegment(scope, ids, segment));
  const grouped = segments[0]?.name === undefined ? "time, series" : "series";
  const sql = `
    SELECT ${grouped}, ${SUMMED} FROM (${selected.map(({ sql }) => sql).join(" UNION ALL ")})
    GROUP BY ${grouped}`;
  return database.all(sql, ...selected.flatMap(({ values }) => values));
}

function selectSegment(
  scope: Scope,
  ids: readonly number[] | undefined,
  { table, from, until, sign }: Segment,
): { readonly sql: string; readonly values: Value[] } {
  const select = `SELECT time, series, ${SUM_COLUMNS.join(", ")}, ${sign} AS sign FROM ${table}`;
  const within = `${select} WHERE scope = ? AND time >= ? AND time < ?`;
  if (ids === undefined) return { sql: within, values: [scope, from, until] };
  const wanted = JSON.stringify(ids);
  if (ids.length > MAX_LOOKED_FOR) {
    const sql = `${within} AND +series IN (SELECT value FROM json_each(?))`;
    return { sql, values: [scope, from, until, wanted] };
  }
  const times = Array.from({ length: until - from }, (_, at) => from + at);
  const sql = `${select} WHERE scope = ? AND time IN (SELECT value FROM json_each(?))
    AND series IN (SELECT value FROM json_each(?))`;
  return { sql, values: [scope, JSON.stringify(times), wanted] };
}

export function readSpent(
  database: Database,
  series: SeriesCache,
  scope: SpendScope,
  fromMs: number,
  nowMs: number,
): number {
  const { filter, sums, calls } = spentParts(scope, fromMs, nowMs);
  const [row] = readUsage(database, series, sums, nowMs);
  return (row?.costUsd ?? 0) + spentOnCalls(database, series, filter, calls);
}

function spentOnCalls(
  database: Database,
  series: SeriesCache,
  filter: CallFilter,
  { fromMs, untilMs }: Window,
): number {
  const range = [firstIdOf(fromMs), firstIdOf(untilMs)];
  const own = database.all(
    "SELECT label, sum(cost_usd) AS cost FROM calls WHERE id >= ? AND id < ? GROUP BY label",
    ...range,
  );
  const others = database.all(
    "SELECT label, costs_elsewhere FROM calls WHERE id >= ? AND id < ? AND costs_elsewhere IS NOT NULL",
    ...range,
  );
  return costOfCalls(series, filter, own, others);
}
