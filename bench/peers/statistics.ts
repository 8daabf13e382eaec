/** What many rounds say together. */

import { quartilesOf } from "../quartiles.ts";

export interface Summary {
  readonly median: number;
  /** Distance between the quartiles, as a share of the median. */
  readonly spread: number;
  /** How far off the median may be either way, as a share of it: in 19 of 20 runs it is within that. */
  readonly margin: number;
}

/** Of the notches of a box plot (McGill, Tukey, Larsen 1978): times the quartiles' distance by the root of n. */
const NOTCH = 1.57;

/** Values that are not finite, because a figure does not apply, make a summary that is not. */
export function summarize(values: readonly number[]): Summary {
  const { lower, median, upper } = quartilesOf(values);
  const spread = median === 0 ? 0 : (upper - lower) / Math.abs(median);
  return { median, spread, margin: NOTCH * spread / Math.sqrt(values.length) };
}
