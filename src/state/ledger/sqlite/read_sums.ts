/** Reads sums: usage by groups, and what was spent since a time. */

import type {
  CallFilter,
  SpendScope,
  UsageQuery,
  UsageRow,
  UsageSums,
} from "../../../core/ledger/ledger_store.ts";
import { matches } from "../sums/dimensions.ts";
import { type Scope, scopeFor } from "../sums/scopes.ts";
import { nameOfHour, type Segment, segmentsOf } from "../sums/segments.ts";
import { UsageRows } from "../sums/usage_rows.ts";
import { HOUR_MS, wholeHours, type Window } from "../sums/windows.ts";
import { firstIdOf } from "./call_id.ts";
import type { Database, Row } from "./database.ts";
import type { SeriesTable } from "./series_table.ts";

/** Of so few series each is looked for in each hour; of more, all of the time are read. */
const MAX_LOOKED_FOR = 32;

const SUMMED = `
  sum(calls) AS calls, sum(failed) AS failed, sum(input_tokens) AS input_tokens,
  sum(output_tokens) AS output_tokens, sum(cached_tokens) AS cached_tokens,
  sum(reasoning_tokens) AS reasoning_tokens, sum(cost_usd) AS cost_usd, sum(unpriced) AS unpriced,
  sum(estimated) AS estimated`;

export function readUsage(
  database: Database,
  series: SeriesTable,
  query: UsageQuery,
  nowMs: number,
): readonly UsageRow[] {
  return database.read(() => {
    series.refresh();
    const scope = scopeFor(query, query.groups);
    const rows = new UsageRows(query.groups);
    const window = keptHours(
      database,
      wholeHours({
        fromMs: query.fromMs ?? 0,
        untilMs: query.untilMs ?? nowMs + HOUR_MS,
      }),
    );
    const ids = isAnyNamed(query) ? series.seriesWith(scope, query) : undefined;
    for (const segment of segmentsOf(window, query.groups, query.timeZone)) {
      for (const row of readSegment(database, scope, ids, segment)) {
        const dimensions = series.dimensionsOf(Number(row["series"]));
        if (dimensions === undefined) continue;
        rows.add(segment.name ?? nameOfHour(Number(row["time"])), dimensions, sumsOf(row));
      }
    }
    return rows.sorted();
  });
}

function isAnyNamed({ key, team, model, provider, surface, tag }: CallFilter): boolean {
  return [key, team, model, provider, surface, tag].some((wanted) => wanted !== undefined);
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

/** Sums of each series; of each of its times as well, where those are told apart. */
function readSegment(
  database: Database,
  scope: Scope,
  ids: readonly number[] | undefined,
  { table, from, until, name }: Segment,
): readonly Row[] {
  const grouped = name === undefined ? "time, series" : "series";
  const select = `SELECT ${grouped}, ${SUMMED} FROM ${table} WHERE scope = ?`;
  if (ids === undefined) {
    return database.all(
      `${select} AND time >= ? AND time < ? GROUP BY ${grouped}`,
      ...[scope, from, until],
    );
  }
  const wanted = JSON.stringify(ids);
  if (ids.length > MAX_LOOKED_FOR) {
    return database.all(
      `${select} AND time >= ? AND time < ? AND +series IN (SELECT value FROM json_each(?))
        GROUP BY ${grouped}`,
      ...[scope, from, until, wanted],
    );
  }
  const times = Array.from({ length: until - from }, (_, at) => from + at);
  return database.all(
    `${select} AND time IN (SELECT value FROM json_each(?))
      AND series IN (SELECT value FROM json_each(?)) GROUP BY ${grouped}`,
    ...[scope, JSON.stringify(times), wanted],
  );
}

function sumsOf(row: Row): UsageSums {
  return {
    calls: Number(row["calls"]),
    failed: Number(row["failed"]),
    inputTokens: Number(row["input_tokens"]),
    outputTokens: Number(row["output_tokens"]),
    cachedTokens: Number(row["cached_tokens"]),
    reasoningTokens: Number(row["reasoning_tokens"]),
    costUsd: Number(row["cost_usd"]),
    unpriced: Number(row["unpriced"]),
    estimated: Number(row["estimated"]),
  };
}

/** Whole hours from the sums, and of the hour in which it begins, its calls. */
export function readSpent(
  database: Database,
  series: SeriesTable,
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
  series: SeriesTable,
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
