/** What became of a bench between two revisions, by the times of several rounds. */

import { quartilesOf } from "../quartiles.ts";

/** The smallest difference that is believed: two runs of one revision differ by less. */
const MIN_NOISE = 0.05;
/** The noise of a median in distances between the quartiles of what it is made of. */
const NOISE_WIDTHS = 2;

export interface Judgement {
  /** Median of the rounds, in nanoseconds of an iteration. */
  readonly beforeNs: number;
  readonly afterNs: number;
  /** Median of the rounds' ratios, above 1 for slower. */
  readonly ratio: number;
  /** Share by which the ratio may be off. */
  readonly noise: number;
  readonly verdict: "worse" | "better" | "same";
}

/**
 * Compares round by round, for what else the machine does meets both runs of a round.
 *
 * @param beforeNs Of each round.
 * @param afterNs As many, in the same order.
 */
export function judge(beforeNs: readonly number[], afterNs: readonly number[]): Judgement {
  const ratios = afterNs.map((after, round) => after / (beforeNs[round] ?? NaN));
  const { lower, median: ratio, upper } = quartilesOf(ratios);
  const noise = Math.max(MIN_NOISE, (upper - lower) / ratio * NOISE_WIDTHS);
  return {
    beforeNs: quartilesOf(beforeNs).median,
    afterNs: quartilesOf(afterNs).median,
    ratio,
    noise,
    verdict: ratio > 1 + noise ? "worse" : ratio < 1 / (1 + noise) ? "better" : "same",
  };
}
