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
import type { Run, Value } from "./connection.ts";
import { refreshSeries } from "./series_rows.ts";

const SUMMED = SUM_COLUMNS.map((name) => `sum(sign * ${name}) AS ${name}`).join(", ");

export async function readUsage(
  run: Run,
  cache: SeriesCache,
  query: UsageQuery,
  nowMs: number,
): Promise<readonly UsageRow[]> {
  await refreshSeries(run, cache);
  const window = keptHours(askedHours(query, nowMs), await readBounds(run));
  return await readRows(run, cache, query, window);
}

/** The first and the last hour of sums. */
async function readBounds(run: Run): Promise<Row | undefined> {
  const [bounds] = await run(
    "SELECT min(time) AS first, max(time) AS last FROM weir.hours WHERE scope = 1",
  );
  return bounds;
}

async function readRows(
  run: Run,
  cache: SeriesCache,
  query: UsageQuery,
  window: Window,
): Promise<readonly UsageRow[]> {
  const scope = scopeFor(query, query.groups);
  const rows = new UsageRows(query.groups);
  const ids = hasDimensions(query) ? cache.seriesWith(scope, query) : undefined;
  const segments = segmentsOf(window, query.groups, query.timeZone);
  for (const [name, named] of segmentsByName(segments)) {
    for (const row of await readSegments(run, scope, ids, named)) {
      const dimensions = cache.dimensionsOf(Number(row["series"]));
      if (dimensions === undefined) continue;
      rows.add(name ?? nameOfHour(Number(row["time"])), dimensions, sumsOfRow(row));
    }
  }
  return rows.sorted();
}

/** Sums of each series in all of the segments; where they have no name, of each time as well. */
async function readSegments(
  run: Run,
  scope: Scope,
  ids: readonly number[] | undefined,
  segments: readonly Segment[],
): Promise<readonly Row[]> {
  const grouped = segments[0]?.name === undefined ? "time, series" : "series";
  const values: Value[] = [scope];
  if (ids !== undefined) values.push(ids);
  const selected = segments.map(({ table, from, until, sign }) => {
    const at = values.push(from, until);
    const isMeant = ids === undefined ? "" : "AND series = ANY($2::int[])";
    return `SELECT time, series, ${SUM_COLUMNS.join(", ")}, ${sign} AS sign FROM weir.${table}
      WHERE scope = $1 AND time >= $${at - 1} AND time < $${at} ${isMeant}`;
  });
  const sql = `SELECT ${grouped}, ${SUMMED} FROM (${selected.join(" UNION ALL ")}) AS sums
    GROUP BY ${grouped}`;
  return await run(sql, values);
}

/** In the order of what is asked. Series and bounds are read once for all of it. */
export async function readSpent(
  run: Run,
  cache: SeriesCache,
  asked: readonly { scope: SpendScope; fromMs: number }[],
  nowMs: number,
): Promise<readonly number[]> {
  await refreshSeries(run, cache);
  const bounds = await readBounds(run);
  const spent: number[] = [];
  for (const { scope, fromMs } of asked) {
    const { filter, sums, calls } = spentParts(scope, fromMs, nowMs);
    const [row] = await readRows(run, cache, sums, keptHours(askedHours(sums, nowMs), bounds));
    spent.push((row?.costUsd ?? 0) + await spentOnCalls(run, cache, filter, calls));
  }
  return spent;
}

async function spentOnCalls(
  run: Run,
  cache: SeriesCache,
  filter: CallFilter,
  { fromMs, untilMs }: Window,
): Promise<number> {
  // Mostly a time begins with an hour, and there is nothing to ask for.
  if (fromMs >= untilMs) return 0;
  const own = await run(
    `SELECT label, sum(cost_usd) AS cost FROM weir.calls WHERE ended_ms >= $1 AND ended_ms < $2
      GROUP BY label`,
    [fromMs, untilMs],
  );
  const others = await run(
    `SELECT label, costs_elsewhere FROM weir.calls WHERE ended_ms >= $1 AND ended_ms < $2
      AND costs_elsewhere IS NOT NULL`,
    [fromMs, untilMs],
  );
  return costOfCalls(cache, filter, own, others);
}
