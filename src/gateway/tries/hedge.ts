/**
 * Decides when a call that is slow to be answered is sent to a second target beside the first.
 * Nothing here waits or sends.
 *
 * @module
 */

import * as z from "zod";

export const hedgeOptions = z.strictObject({
  enabled: z.enum(["off", "on"]).default("off").describe(
    "Send a call of an alias with several targets to the next one as well when the first is slow to answer; the slower one is cancelled.",
  ).meta({ variable: "HEDGE" }),
  percentile: z.number().min(50).max(99.9).default(95).describe(
    "Percentile of a target's first-token times (of whole answers, where none is streamed) that is waited for.",
  ).meta({ variable: "HEDGE_PERCENTILE" }),
  minSamples: z.int().min(2).max(100).default(20).describe(
    "Answers of a target that must have been timed before its calls are hedged.",
  ).meta({ variable: "HEDGE_MIN_SAMPLES" }),
  minDelayMs: z.int().min(1).max(600_000).default(100)
    .describe("Shortest wait.")
    .meta({ variable: "HEDGE_MIN_DELAY_MS" }),
  maxDelayMs: z.int().min(1).max(600_000).default(10_000)
    .describe("Longest wait.")
    .meta({ variable: "HEDGE_MAX_DELAY_MS" }),
  maxExtraPercent: z.number().min(0.1).max(100).default(10).describe(
    "Extra calls at the most, of the calls that could be hedged.",
  ).meta({ variable: "HEDGE_MAX_EXTRA_PERCENT" }),
}).prefault({});

export type HedgeOptions = z.infer<typeof hedgeOptions>;

/** The last answers of a target that are remembered. */
const WINDOW_SAMPLES = 100;
/** Targets that are remembered. */
const MAX_TARGETS = 1_000;
/** Extra calls that may be saved up. */
const MAX_SAVED_CALLS = 10;

export class Hedge {
  readonly #options: HedgeOptions;
  /** Times of each target, the oldest first. */
  readonly #samples = new Map<string, number[]>();
  #savedCalls = 0;

  constructor(options: HedgeOptions) {
    this.#options = options;
  }

  /**
   * Counts a call that could be hedged; returns how long its first target is waited for, `undefined`
   * where too little is known.
   */
  begin(target: string): number | undefined {
    const earned = this.#options.maxExtraPercent / 100;
    this.#savedCalls = Math.min(MAX_SAVED_CALLS, this.#savedCalls + earned);
    const samples = this.#samples.get(target) ?? [];
    const { minSamples, minDelayMs, maxDelayMs, percentile } = this.#options;
    if (samples.length < minSamples) return undefined;
    const sorted = samples.toSorted((left, right) => left - right);
    const typicalMs = sorted[Math.ceil(sorted.length * percentile / 100) - 1] ?? maxDelayMs;
    return Math.max(minDelayMs, Math.min(maxDelayMs, typicalMs));
  }

  /** Whether one more extra call may be made; it is counted if so. */
  takeExtraCall(): boolean {
    // What tenths add up to may fall short of the whole by a rounding.
    if (this.#savedCalls < 1 - 1e-9) return false;
    this.#savedCalls -= 1;
    return true;
  }

  /** @param elapsedMs From sending to the answer, or to where a faster one made it unneeded. */
  note(target: string, elapsedMs: number): void {
    const samples = this.#samples.get(target) ?? this.#watch(target);
    if (samples.push(elapsedMs) > WINDOW_SAMPLES) samples.shift();
  }

  #watch(target: string): number[] {
    const [oldest] = this.#samples.keys();
    if (oldest !== undefined && this.#samples.size >= MAX_TARGETS) this.#samples.delete(oldest);
    const samples: number[] = [];
    this.#samples.set(target, samples);
    return samples;
  }
}
