/** What a call costs the gateway at several sizes, in rounds that alternate. */

import type { Program } from "../../tests/support/program.ts";
import { cpuMicroseconds, peakResidentBytes } from "../../tests/soak/process.ts";
import type { Costs } from "./slopes.ts";

/** A gateway and what it is asked at one size. */
export interface Subject {
  readonly size: number;
  readonly weir: Program;
  readonly calls: number;
  readonly atOnce: number;
  /** Makes one call and reads its answer to the end. Throws where that is not what it should be. */
  call(index: number): Promise<void>;
  /** Resolves once what calls have left to be done later is done, such as writes to the ledger. */
  readonly settled?: () => Promise<void>;
}

export interface Measured extends Costs {
  /** Most resident memory in a round, in bytes: one of each round. */
  readonly peaks: readonly number[];
}

/** Microseconds of the processor for a call, whatever thread they were spent on. */
export async function measure(
  subjects: readonly Subject[],
  rounds: number,
): Promise<readonly Measured[]> {
  for (const subject of subjects) await makeCalls(subject);
  const measured = subjects.map(({ size }) => ({
    size,
    costs: [] as number[],
    peaks: [] as number[],
  }));
  for (let round = 0; round < rounds; round++) {
    const order = [...subjects.keys()];
    if (round % 2 === 1) order.reverse();
    for (const index of order) {
      const subject = subjects[index]!;
      await forgetPeak(subject.weir.pid);
      const beforeUs = await cpuMicroseconds(subject.weir.pid);
      await makeCalls(subject);
      const usedUs = await cpuMicroseconds(subject.weir.pid) - beforeUs;
      measured[index]!.costs.push(usedUs / subject.calls);
      measured[index]!.peaks.push(await peakResidentBytes(subject.weir.pid));
    }
  }
  return measured;
}

async function makeCalls({ calls, atOnce, call, settled }: Subject): Promise<void> {
  await makeEach(calls, atOnce, call);
  await settled?.();
}

/** Makes calls 0, 1 and so on, so many of them at once. */
export async function makeEach(
  calls: number,
  atOnce: number,
  call: (index: number) => Promise<void>,
): Promise<void> {
  let begun = 0;
  await Promise.all(Array.from({ length: Math.min(atOnce, calls) }, async () => {
    while (begun < calls) await call(begun++);
  }));
}

/** Makes the most memory that a process has had be what it has now. */
async function forgetPeak(pid: number): Promise<void> {
  await shell(`echo 5 > /proc/${pid}/clear_refs`);
}

/** For /proc Deno wants all permissions, for a shell just this one. */
async function shell(script: string): Promise<string> {
  const { stdout, success } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  if (!success) throw new Error(`Failed: ${script}`);
  return new TextDecoder().decode(stdout);
}
