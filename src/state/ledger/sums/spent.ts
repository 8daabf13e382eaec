/**
 * What was spent since a time: whole hours from the sums, and of the hour in which it begins, its calls.
 *
 * @module
 */

import type { Row } from "../row.ts";
import type { CallFilter, SpendScope, UsageQuery } from "../../../core/ledger/ledger_store.ts";
import { matches } from "./dimensions.ts";
import type { SeriesCache } from "./series_cache.ts";
import { HOUR_MS, type Window } from "./windows.ts";

/** Both of them together are what is asked for. */
export interface SpentParts {
  readonly filter: CallFilter;
  /** For one row of sums at the most. */
  readonly sums: UsageQuery;
  /** Whose calls are to be looked at. */
  readonly calls: Window;
}

export function spentParts({ kind, name }: SpendScope, fromMs: number, nowMs: number): SpentParts {
  const filter = kind === "all" ? {} : { [kind]: name };
  const wholeMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
  const untilMs = Math.max(nowMs, wholeMs) + HOUR_MS;
  return {
    filter,
    sums: { ...filter, fromMs: wholeMs, untilMs, groups: [], timeZone: "UTC" },
    calls: { fromMs: Math.ceil(fromMs), untilMs: wholeMs },
  };
}

/**
 * @param own What calls of each label have cost where they ended.
 * @param others Labels of calls that have cost something elsewhere as well, and what.
 */
export function costOfCalls(
  series: SeriesCache,
  filter: CallFilter,
  own: readonly Row[],
  others: readonly Row[],
): number {
  let spent = 0;
  const isMeant = (label: number, provider?: string) => {
    const dimensions = series.dimensionsOfLabel(label);
    return dimensions !== undefined &&
      matches(provider === undefined ? dimensions : { ...dimensions, provider }, filter);
  };
  for (const { label, cost } of own) {
    if (isMeant(Number(label))) spent += Number(cost);
  }
  for (const row of others) {
    // Written by us alone.
    const costs = JSON.parse(String(row["costs_elsewhere"])) as Record<string, number>;
    for (const [provider, cost] of Object.entries(costs)) {
      if (isMeant(Number(row["label"]), provider)) spent += cost;
    }
  }
  return spent;
}
