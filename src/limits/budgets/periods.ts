/**
 * The periods of budgets: days, weeks from Monday and months of a calendar, in any time zone.
 *
 * All that is asked of a time zone is how far its clocks are from UTC at an instant. Where a day begins follows
 * from that by arithmetic, also where clocks are changed at midnight: a day begins with the first instant that
 * has its date, and one that a zone left out has no length.
 *
 * @module
 */

export const PERIODS = ["day", "week", "month", "ever"] as const;

export type Period = typeof PERIODS[number];

/** Milliseconds since the Unix epoch; the end, which is `Infinity` for ever, is not in it. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** How far local time is ahead of UTC at an instant, in milliseconds. */
export type OffsetAt = (epochMs: number) => number;

const DAY_MS = 86_400_000;
const EVER: Span = { startMs: 0, endMs: Infinity };

/** The period that an instant, not before 1970, lies in. */
export function spanAt(period: Period, offsetAt: OffsetAt, epochMs: number): Span {
  if (period === "ever") return EVER;
  const today = Math.floor((epochMs + offsetAt(epochMs)) / DAY_MS);
  let first = firstDayOf(period, today);
  let startMs = startOfDay(first, offsetAt);
  while (true) {
    const next = firstDayAfter(period, first);
    const endMs = startOfDay(next, offsetAt);
    if (epochMs < endMs) return { startMs, endMs };
    // Clocks that are put back over midnight show the date of yesterday again.
    first = next;
    startMs = endMs;
  }
}

/** Days are counted from 1970-01-01, which was a Thursday. */
function firstDayOf(period: "day" | "week" | "month", day: number): number {
  if (period === "day") return day;
  if (period === "week") return day - (day + 3) % 7;
  const date = new Date(day * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS;
}

function firstDayAfter(period: "day" | "week" | "month", firstDay: number): number {
  if (period === "day") return firstDay + 1;
  if (period === "week") return firstDay + 7;
  const date = new Date(firstDay * DAY_MS);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

/** The first instant that has the date, or a later one where the zone left the date out. */
function startOfDay(day: number, offsetAt: OffsetAt): number {
  const midnightMs = day * DAY_MS;
  const offsets = [offsetAt(midnightMs - DAY_MS), offsetAt(midnightMs + DAY_MS)];
  const earliestMs = midnightMs - Math.max(...offsets);
  const latestMs = midnightMs - Math.min(...offsets);
  for (const startMs of [earliestMs, latestMs]) {
    if (startMs + offsetAt(startMs) === midnightMs) return startMs;
  }
  // No clock shows this midnight: it was left out by a change, which is looked for.
  let before = earliestMs;
  let after = latestMs;
  while (after - before > 1) {
    const middleMs = Math.floor((before + after) / 2);
    if (middleMs + offsetAt(middleMs) < midnightMs) before = middleMs;
    else after = middleMs;
  }
  return after;
}

/** There are some 600 names, each in small letters or large ones. */
const MAX_ZONES = 1_000;

const zones = new Map<string, OffsetAt>([["UTC", () => 0]]);

/** @param timeZone IANA's name. Throws `RangeError` where there is no such zone. */
export function offsetIn(timeZone: string): OffsetAt {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  const offsetAt: OffsetAt = (epochMs) => {
    const local = new Map(format.formatToParts(epochMs).map(({ type, value }) => [type, value]));
    const read = (type: Intl.DateTimeFormatPartTypes) => Number(local.get(type));
    const localMs = Date.UTC(
      read("year"),
      read("month") - 1,
      read("day"),
      read("hour"),
      read("minute"),
      read("second"),
    );
    return localMs - Math.floor(epochMs / 1_000) * 1_000;
  };
  if (zones.size < MAX_ZONES) zones.set(timeZone, offsetAt);
  return offsetAt;
}

export function isTimeZone(name: string): boolean {
  try {
    offsetIn(name);
    return true;
  } catch {
    return false;
  }
}
