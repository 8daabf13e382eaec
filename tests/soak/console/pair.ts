/**
 * Two gateways that are the same and serve the same at the same time: one is what is measured and the other what it is
 * compared with, and then the other way round. Whatever else the machine does, a browser that draws included, meets
 * both alike, and what the two processes differ by of themselves cancels out.
 *
 * @module
 */

import { quartilesOf } from "../../../bench/quartiles.ts";
import type { Program } from "../../support/program.ts";
import { mainThreadMicroseconds } from "../process.ts";
import { streamAtOnce } from "./paced_streams.ts";

/** Of a stream in a round: ten seconds. */
export const TOKENS = 100;
/** Those whose figures are thrown away: code that is new is slow. */
export const WARM_UP_ROUNDS = 1;

export type Pair = readonly [Program, Program];
/** Microseconds of the serving thread for each stream, of the first and of the second. */
export type PairUs = readonly [number, number];

export async function roundUs(pair: Pair, streams: number): Promise<PairUs> {
  const [first, second] = pair.map(async (weir) => {
    const beforeUs = await mainThreadMicroseconds(weir.pid);
    await streamAtOnce(weir, streams, TOKENS);
    return (await mainThreadMicroseconds(weir.pid) - beforeUs) / streams;
  });
  return [await first!, await second!];
}

/** By how much the thread takes more for what was done to the first in one round, and to the second in another. */
export function growthOf([first, otherSecond]: PairUs, [otherFirst, second]: PairUs): number {
  return Math.sqrt((first / otherSecond) * (second / otherFirst)) - 1;
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** The median of shares, and their quartiles. */
export function sharesInWords(shares: readonly number[]): string {
  const { lower, median, upper } = quartilesOf(shares);
  return `${percent(median)} (${percent(lower)} to ${percent(upper)})`;
}

export function timesInWords(samples: readonly number[]): string {
  const { lower, median, upper } = quartilesOf(samples);
  const [low, middle, high] = [lower, median, upper].map((us) => us.toFixed(0));
  return `${middle} us a stream (${low} to ${high})`;
}
