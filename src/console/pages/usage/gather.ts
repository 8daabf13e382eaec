/** Rows of sums as the series of a chart: the largest parts by name, and the rest as one. */

import type { UsageRow } from "../../api/answers.ts";
import { MAX_SERIES, type Series } from "../../parts/series.ts";

export type Measure = "cost" | "tokens" | "calls";

export interface Gathered {
  /** Milliseconds since the Unix epoch; without a gap, so that a day without a call is seen as one. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
}

const STEP_MS = { hour: 3_600_000, day: 86_400_000 };
/** A row of a wrong time must not make the axis endless. */
const MAX_TIMES = 200;

export function gather(
  rows: readonly UsageRow[],
  unit: "hour" | "day",
  group: string,
  measure: Measure,
): Gathered {
  const times = timesOf(rows.map((row) => timeOf(row, unit)), STEP_MS[unit]);
  const indexOf = new Map(times.map((time, index) => [time, index]));
  const totals = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row, group);
    totals.set(name, (totals.get(name) ?? 0) + valueOf(row, measure));
  }
  const names = [...totals].sort(([, left], [, right]) => right - left).map(([name]) => name);
  const isAll = names.length <= MAX_SERIES;
  const shown = isAll ? names : [...names.slice(0, MAX_SERIES - 1), "others"];
  const series = shown.map((name) => ({ name, values: times.map(() => 0) }));
  for (const row of rows) {
    const at = indexOf.get(timeOf(row, unit));
    const own = series.find(({ name }) => name === nameOf(row, group)) ?? series.at(-1);
    if (at !== undefined && own !== undefined) own.values[at]! += valueOf(row, measure);
  }
  return { times, series };
}

/** Of an hour its start; of a day its noon in UTC, which is that day in nearly every zone. */
function timeOf(row: UsageRow, unit: "hour" | "day"): number {
  const text = String(row[unit] ?? "");
  return Date.parse(unit === "day" ? `${text.slice(0, 10)}T12:00:00Z` : text);
}

function timesOf(found: readonly number[], step: number): number[] {
  const known = found.filter((time) => Number.isFinite(time));
  if (known.length === 0) return [];
  const first = Math.min(...known);
  const length = Math.min(MAX_TIMES, Math.round((Math.max(...known) - first) / step) + 1);
  return Array.from({ length }, (_, index) => first + index * step);
}

function nameOf(row: UsageRow, group: string): string {
  return String(row[group] || "none");
}

function valueOf(row: UsageRow, measure: Measure): number {
  if (measure === "cost") return row.cost ?? 0;
  return measure === "calls" ? row.calls : row.input_tokens + row.output_tokens;
}
