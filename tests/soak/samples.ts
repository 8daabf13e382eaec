/** What samples of a process say, taken evenly over the time: how much there is, and whether it grows. */

const TENTHS = 10;
const SHOWN_SAMPLES = 20;

export interface GrowthOptions {
  /** The tenth of the time that the last one is compared with; those before it are for warming up. */
  readonly sinceTenth?: number;
  /** What is not counted, because it is a matter of the moment. */
  readonly ofTheMoment?: number;
}

/** By which share the last tenth has more than an early one, the second if not said otherwise. */
export function growthOf(
  samples: readonly number[],
  { sinceTenth = 2, ofTheMoment = 0 }: GrowthOptions = {},
): number {
  const tenth = samples.length / TENTHS;
  const early = samples.slice(Math.floor(tenth * (sinceTenth - 1)), Math.ceil(tenth * sinceTenth));
  const start = median(early);
  const end = median(samples.slice(Math.floor(tenth * (TENTHS - 1))));
  return Math.max(0, Math.abs(end - start) - ofTheMoment) * Math.sign(end - start) / start;
}

/** What one sample shows also depends on how long ago garbage was collected. */
export function median(samples: readonly number[]): number {
  return samples.toSorted((left, right) => left - right)[Math.floor(samples.length / 2)] ?? NaN;
}

/** Some of them for people, in `unit`. */
export function samplesText(samples: readonly number[], unit: number): string {
  const step = Math.max(1, Math.floor(samples.length / SHOWN_SAMPLES));
  return samples.filter((_, index) => index % step === 0)
    .map((sample) => (sample / unit).toFixed(0)).join(" ");
}
