/** Memory and descriptors of a machine, over the time. */

import { residentBytes } from "../process.ts";
import type { Machine } from "./machine.ts";

const SAMPLE_EVERY_MS = 1_000;
/** The last sample is compared with what there was after the first tenth. */
const TENTHS = 10;

export interface Usage {
  readonly residentBytes: readonly number[];
  readonly descriptors: readonly number[];
}

/** Resolves with samples, evenly spread over the time. */
export async function watch(machine: Machine, isOver: () => boolean): Promise<Usage> {
  const usage = { residentBytes: [] as number[], descriptors: [] as number[] };
  while (!isOver()) {
    usage.residentBytes.push(await residentBytes(machine.life.program.pid));
    usage.descriptors.push(await machine.descriptors());
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  }
  return usage;
}

/** By which share the last tenth has more than the second. */
export function growthOf(samples: readonly number[]): number {
  const tenth = samples.length / TENTHS;
  const start = median(samples.slice(Math.floor(tenth), Math.ceil(2 * tenth)));
  const end = median(samples.slice(Math.floor(tenth * (TENTHS - 1))));
  return (end - start) / start;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}
