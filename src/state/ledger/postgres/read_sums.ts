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
import type { Row, Run, Value } from "./connection.ts";
import { refreshSeries } from "./series_rows.ts";

const SUMMED = SUM_COLUMNS.map((name) => `sum(sign * ${name}) AS ${name}`).join(", ");

export async function readUsage(
  run: Run,
  cache: SeriesCache,
  query: UsageQuery,
  nowMs: number,
): Promise<readonly UsageRow[]> {
  await refreshSeries(run, cache);
  const scope = scopeFor(query, query.groups);
  const rows = new UsageRows(query.groups);
  const window = await keptHours(
    run,
    wholeHours({
      fromMs: query.fromMs ?? 0,
      untilMs: query.untilMs ?? nowMs + HOUR_MS,
    }),
  );
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

/** The hours of a window of which there are sums. */
async function keptHours(run: Run, { fromMs, untilMs }: Window): Promise<Window> {
  const [bounds] = await run(
    "SELECT min(time) AS first, max(time) AS last FROM weir.hours WHERE scope = 1",
  );
  const { first = null, last = null } = bounds ?? {};
  if (first === null || last === null) return { fromMs: 0, untilMs: 0 };
  return {
    fromMs: Math.max(fromMs, Number(first) * HOUR_MS),
    untilMs: Math.min(untilMs, (Number(last) + 1) * HOUR_MS),
  };
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

/** Whole hours from the sums, and of the hour in which it begins, its calls. */
export async function readSpent(
  run: Run,
  cache: SeriesCache,
  { kind, name }: SpendScope,
  fromMs: number,
  nowMs: number,
): Promise<number> {
  const filter = kind === "all" ? {} : { [kind]: name };
  const wholeMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const untilMs = Math.max(nowMs, wholeMs) + HOUR_MS;
  const query = { ...filter, fromMs: wholeMs, untilMs, groups: [], timeZone: "UTC" };
  const [row] = await readUsage(run, cache, query, nowMs);
  return (row?.costUsd ?? 0) + await spentOnCalls(run, cache, filter, { fromMs, untilMs: wholeMs });
}

async function spentOnCalls(
  run: Run,
  cache: SeriesCache,
  filter: CallFilter,
  { fromMs, untilMs }: Window,
): Promise<number> {
  const range = [Math.ceil(fromMs), untilMs];
  let spent = 0;
  const isMeant = (label: number, provider?: string) => {
    const dimensions = cache.dimensionsOfLabel(label);
    return dimensions !== undefined &&
      matches(provider === undefined ? dimensions : { ...dimensions, provider }, filter);
  };
  const own = await run(
    `SELECT label, sum(cost_usd) AS cost FROM weir.calls WHERE ended_ms >= $1 AND ended_ms < $2
      GROUP BY label`,
    range,
  );
  for (const { label, cost } of own) {
    if (isMeant(Number(label))) spent += Number(cost);
  }
  const others = await run(
    `SELECT label, costs_elsewhere FROM weir.calls WHERE ended_ms >= $1 AND ended_ms < $2
      AND costs_elsewhere IS NOT NULL`,
    range,
  );
  for (const row of others) {
    const costs = JSON.parse(String(row["costs_elsewhere"])) as Record<string, number>;
    for (const [provider, cost] of Object.entries(costs)) {
      if (isMeant(Number(row["label"]), provider)) spent += cost;
    }
  }
  return spent;
}
