/** What many rounds say together. */

import { quartilesOf } from "../quartiles.ts";

export interface Summary {
  readonly median: number;
  /** Distance between the quartiles, as a share of the median. */
  readonly spread: number;
}

/** Values that are not finite, because a figure does not apply, make a summary that is not. */
export function summarize(values: readonly number[]): Summary {
  const { lower, median, upper } = quartilesOf(values);
  return { median, spread: median === 0 ? 0 : (upper - lower) / Math.abs(median) };
}
