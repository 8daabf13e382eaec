/** Reads sums: usage by groups, and what was spent since a time. */

import type {
  CallFilter,
  SpendScope,
  UsageQuery,
  UsageRow,
} from "../../../core/ledger/ledger_store.ts";
import { hasDimensions } from "../asked_calls.ts";
import { matches } from "../sums/dimensions.ts";
import { type Scope, scopeFor } from "../sums/scopes.ts";
import { nameOfHour, type Segment, segmentsByName, segmentsOf } from "../sums/segments.ts";
import type { SeriesCache } from "../sums/series_cache.ts";
import { SUM_COLUMNS, sumsOfRow } from "../sums/sum_columns.ts";
import { UsageRows } from "../sums/usage_rows.ts";
import { HOUR_MS, wholeHours, type Window } from "../sums/windows.ts";
import { firstIdOf } from "./call_id.ts";
import type { Database, Row, Value } from "./database.ts";
import { refreshSeries } from "./series_table.ts";

/** Of so few series each is looked for in each hour; of more, all of the time are read. */
const MAX_LOOKED_FOR = 32;

const SUMMED = SUM_COLUMNS.map((name) => `sum(sign * ${name}) AS ${name}`).join(", ");

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
    const window = keptHours(
      database,
      wholeHours({
        fromMs: query.fromMs ?? 0,
        untilMs: query.untilMs ?? nowMs + HOUR_MS,
      }),
    );
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

/** The hours of a window of which there are sums. */
function keptHours(database: Database, { fromMs, untilMs }: Window): Window {
  const bounds = database.get("SELECT min(time) AS first FROM hours WHERE scope = 1");
  const last = database.number("SELECT max(time) FROM hours WHERE scope = 1");
  const first = bounds?.["first"] ?? null;
  if (first === null) return { fromMs: 0, untilMs: 0 };
  return {
    fromMs: Math.max(fromMs, Number(first) * HOUR_MS),
    untilMs: Math.min(untilMs, (last + 1) * HOUR_MS),
  };
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

/** Whole hours from the sums, and of the hour in which it begins, its calls. */
export function readSpent(
  database: Database,
  series: SeriesCache,
  { kind, name }: SpendScope,
  fromMs: number,
  nowMs: number,
): number {
  const filter = kind === "all" ? {} : { [kind]: name };
  const wholeMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const untilMs = Math.max(nowMs, wholeMs) + HOUR_MS;
  const query = { ...filter, fromMs: wholeMs, untilMs, groups: [], timeZone: "UTC" };
  const [row] = readUsage(database, series, query, nowMs);
  return (row?.costUsd ?? 0) + spentOnCalls(database, series, filter, { fromMs, untilMs: wholeMs });
}

function spentOnCalls(
  database: Database,
  series: SeriesCache,
  filter: CallFilter,
  { fromMs, untilMs }: Window,
): number {
  const range = [firstIdOf(Math.ceil(fromMs)), firstIdOf(untilMs)];
  let spent = 0;
  const isMeant = (label: number, provider?: string) => {
    const dimensions = series.dimensionsOfLabel(label);
    return dimensions !== undefined &&
      matches(provider === undefined ? dimensions : { ...dimensions, provider }, filter);
  };
  const own = database.all(
    "SELECT label, sum(cost_usd) AS cost FROM calls WHERE id >= ? AND id < ? GROUP BY label",
    ...range,
  );
  for (const { label, cost } of own) {
    if (isMeant(Number(label))) spent += Number(cost);
  }
  const others = database.all(
    "SELECT label, costs_elsewhere FROM calls WHERE id >= ? AND id < ? AND costs_elsewhere IS NOT NULL",
    ...range,
  );
  for (const row of others) {
    const costs = JSON.parse(String(row["costs_elsewhere"])) as Record<string, number>;
    for (const [provider, cost] of Object.entries(costs)) {
      if (isMeant(Number(row["label"]), provider)) spent += cost;
    }
  }
  return spent;
}
