/** Which sums a window of time is read from: as few as there are for it. */

import type { UsageGroup } from "../../../core/ledger/ledger_store.ts";
import { timeGroupOf } from "./usage_rows.ts";
import { type Day, DAY_MS, dayOf, daysOf, HOUR_MS, type Window } from "./windows.ts";

/** Sums by hour or day, from one time to before another, in hours or days since 1970. */
export interface Segment {
  readonly table: "hours" | "days";
  readonly from: number;
  readonly until: number;
  /** What it is called, where it is one row of the answer; else each of its times is. */
  readonly name: string | undefined;
  /** Whether it is added, or taken away from what was read with too much in it. */
  readonly sign: 1 | -1;
}

/** @param window Whole hours. */
export function segmentsOf(
  window: Window,
  groups: readonly UsageGroup[],
  timeZone: string,
): readonly Segment[] {
  const time = timeGroupOf(groups);
  if (time === "hour") return [segment("hours", window, undefined)].filter(isAny);
  if (time === undefined) return edgesAndDays(window, "").filter(isAny);
  return daysOf(window, timeZone).flatMap(oneDay).filter(isAny);
}

/** Whole days from sums by day, and what is before and behind them from those by hour. */
function edgesAndDays(window: Window, name: string): readonly Segment[] {
  const { fromMs, untilMs } = window;
  const firstMs = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const lastMs = Math.floor(untilMs / DAY_MS) * DAY_MS;
  if (firstMs >= lastMs) return [segment("hours", window, name)];
  return [
    segment("hours", { fromMs, untilMs: firstMs }, name),
    segment("days", { fromMs: firstMs, untilMs: lastMs }, name),
    segment("hours", { fromMs: lastMs, untilMs }, name),
  ];
}

/**
 * A day of a time zone is mostly a day of UTC but for some hours, which are added and taken away: in Europe
 * four at the most, instead of twenty-four that are read.
 */
function oneDay({ name, fromMs, untilMs }: Day): readonly Segment[] {
  const startMs = dayOf((fromMs + untilMs) / 2);
  const endMs = startMs + DAY_MS;
  const others = [
    segment("hours", { fromMs, untilMs: startMs }, name),
    segment("hours", { fromMs: endMs, untilMs }, name),
    segment("hours", { fromMs: startMs, untilMs: fromMs }, name, -1),
    segment("hours", { fromMs: untilMs, untilMs: endMs }, name, -1),
  ].filter(isAny);
  const hours = others.reduce((sum, { from, until }) => sum + until - from, 0);
  const isFew = hours * HOUR_MS < untilMs - fromMs;
  return isFew
    ? [segment("days", { fromMs: startMs, untilMs: endMs }, name), ...others]
    : [segment("hours", { fromMs, untilMs }, name)];
}

function segment(
  table: "hours" | "days",
  { fromMs, untilMs }: Window,
  name: string | undefined,
  sign: 1 | -1 = 1,
): Segment {
  const unitMs = table === "hours" ? HOUR_MS : DAY_MS;
  return { table, from: fromMs / unitMs, until: untilMs / unitMs, name, sign };
}

function isAny({ from, until }: Segment): boolean {
  return from < until;
}

/** The name of one of a segment's times. */
export function nameOfHour(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString();
}

/** In their order; those of one name together. */
export function segmentsByName(segments: readonly Segment[]): Map<string | undefined, Segment[]> {
  const found = new Map<string | undefined, Segment[]>();
  for (const segment of segments) {
    const known = found.get(segment.name);
    if (known === undefined) found.set(segment.name, [segment]);
    else known.push(segment);
  }
  return found;
}
