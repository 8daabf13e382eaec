/** Which sums a window of time is read from: as few as there are for it. */

import type { UsageGroup } from "../../../core/ledger/ledger_store.ts";
import { timeGroupOf } from "./usage_rows.ts";
import { DAY_MS, daysOf, HOUR_MS, type Window } from "./windows.ts";

/** Sums by hour or day, from one time to before another, in hours or days since 1970. */
export interface Segment {
  readonly table: "hours" | "days";
  readonly from: number;
  readonly until: number;
  /** What it is called, where it is one row of the answer; else each of its times is. */
  readonly name: string | undefined;
}

/** @param window Whole hours. */
export function segmentsOf(
  window: Window,
  groups: readonly UsageGroup[],
  timeZone: string,
): readonly Segment[] {
  const time = timeGroupOf(groups);
  if (time === "hour") return [segment("hours", window, undefined)];
  if (time === undefined) return edgesAndDays(window, "");
  const days = daysOf(window, timeZone);
  return days.flatMap((day) => edgesAndDays(day, day.name));
}

/** Whole days from sums by day, and what is before and behind them from those by hour. */
function edgesAndDays(window: Window, name: string): readonly Segment[] {
  const { fromMs, untilMs } = window;
  const firstMs = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const lastMs = Math.floor(untilMs / DAY_MS) * DAY_MS;
  if (firstMs >= lastMs) return [segment("hours", window, name)];
  const days = segment("days", { fromMs: firstMs, untilMs: lastMs }, name);
  return [
    segment("hours", { fromMs, untilMs: firstMs }, name),
    days,
    segment("hours", { fromMs: lastMs, untilMs }, name),
  ].filter(({ from, until }) => from < until);
}

function segment(
  table: "hours" | "days",
  { fromMs, untilMs }: Window,
  name: string | undefined,
): Segment {
  const unitMs = table === "hours" ? HOUR_MS : DAY_MS;
  return { table, from: fromMs / unitMs, until: untilMs / unitMs, name };
}

/** The name of one of a segment's times. */
export function nameOfHour(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString();
}
