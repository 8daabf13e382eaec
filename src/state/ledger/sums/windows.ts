/** Hours, and days in a time zone, as milliseconds since the Unix epoch. */

import type { Row } from "../row.ts";
import { LedgerQueryError, type UsageQuery } from "../../../core/ledger/ledger_store.ts";

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface Window {
  readonly fromMs: number;
  /** Not itself. */
  readonly untilMs: number;
}

/** A day of a time zone, as whole hours. */
export interface Day extends Window {
  /** `2026-11-29`. */
  readonly name: string;
}

export function hourOf(ms: number): number {
  return Math.floor(ms / HOUR_MS) * HOUR_MS;
}

export function dayOf(ms: number): number {
  return Math.floor(ms / DAY_MS) * DAY_MS;
}

/** The whole hours that a window touches. */
export function wholeHours({ fromMs, untilMs }: Window): Window {
  return { fromMs: hourOf(fromMs), untilMs: Math.ceil(untilMs / HOUR_MS) * HOUR_MS };
}

/** The whole hours that usage is asked of. */
export function askedHours({ fromMs = 0, untilMs }: UsageQuery, nowMs: number): Window {
  return wholeHours({ fromMs, untilMs: untilMs ?? nowMs + HOUR_MS });
}

/**
 * Those of the hours that were asked for of which there are sums.
 *
 * @param bounds Row with the `first` and the `last` hour of sums, which are null where there are none.
 */
export function keptHours(
  { fromMs, untilMs }: Window,
  bounds: Row | undefined,
): Window {
  const { first = null, last = null } = bounds ?? {};
  if (first === null || last === null) return { fromMs: 0, untilMs: 0 };
  return {
    fromMs: Math.max(fromMs, Number(first) * HOUR_MS),
    untilMs: Math.min(untilMs, (Number(last) + 1) * HOUR_MS),
  };
}

/**
 * The days that a window of whole hours touches, cut to it. In zones that are apart from UTC by a part of an
 * hour, a day begins with the first hour that begins in it.
 */
export function daysOf({ fromMs, untilMs }: Window, timeZone: string): readonly Day[] {
  const nameOf = dayNames(timeZone);
  const days: Day[] = [];
  for (let startMs = fromMs; startMs < untilMs;) {
    const name = nameOf(startMs);
    const endMs = Math.min(endOfDay(startMs, name, nameOf), untilMs);
    days.push({ name, fromMs: startMs, untilMs: endMs });
    startMs = endMs;
  }
  return days;
}

/** Days have 23 to 25 hours, and the first may have begun before the window. */
function endOfDay(startMs: number, name: string, nameOf: (ms: number) => string): number {
  let endMs = startMs + 22 * HOUR_MS;
  while (nameOf(endMs) !== name) endMs -= 4 * HOUR_MS;
  while (nameOf(endMs) === name) endMs += HOUR_MS;
  return endMs;
}

/** How the day of a time zone is called in which a time lies. Throws `LedgerQueryError` where there is no such zone. */
export function dayNames(timeZone: string): (ms: number) => string {
  if (timeZone === "UTC") return (ms) => new Date(ms).toISOString().slice(0, 10);
  const format = dayFormat(timeZone);
  return (ms) => format.format(ms);
}

function dayFormat(timeZone: string): Intl.DateTimeFormat {
  try {
    // Sweden writes days as ISO 8601 does.
    const parts = { year: "numeric", month: "2-digit", day: "2-digit" } as const;
    return new Intl.DateTimeFormat("sv-SE", { timeZone, ...parts });
  } catch {
    throw new LedgerQueryError(`${timeZone} is no time zone; name one such as Europe/Berlin`);
  }
}
