/** Memory and descriptors of a machine, over the time. */

import { residentBytes } from "../process.ts";
import type { Machine } from "./machine.ts";

const SAMPLE_EVERY_MS = 1_000;

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
