/** Compares one file of benches between two checkouts. */

import { judge, type Judgement } from "./judge.ts";
import { runBenches, type Times } from "./run_benches.ts";

export interface Trees {
  readonly before: string;
  readonly after: string;
}

export interface FileOptions {
  readonly rounds: number;
  /** Of the runtime, beyond those of the revisions' own tasks. */
  readonly flags: readonly string[];
}

/** What became of each bench. */
export interface FileComparison extends Omit<Gathered, "both"> {
  readonly judged: ReadonlyMap<string, Judgement>;
  /** Why benches have no times in some run. */
  readonly failed: ReadonlyMap<string, string>;
}

/** Runs the file in both checkouts in turns, each time in a fresh process. */
export async function compareFile(
  file: string,
  trees: Trees,
  { rounds, flags }: FileOptions,
): Promise<FileComparison> {
  const before: Times[] = [];
  const after: Times[] = [];
  for (let round = 0; round < rounds; round++) {
    const order = [[trees.before, before], [trees.after, after]] as const;
    for (const [tree, times] of round % 2 === 0 ? order : order.toReversed()) {
      times.push(await runBenches(tree, file, flags));
    }
  }
  const { both, removed, added } = gather(namesOf(before), namesOf(after));
  const judged = new Map<string, Judgement>();
  const failed = new Map<string, string>();
  for (const name of both) {
    const beforeNs = before.map((times) => times.get(name));
    const afterNs = after.map((times) => times.get(name));
    if (areTimes(beforeNs) && areTimes(afterNs)) judged.set(name, judge(beforeNs, afterNs));
    else failed.set(name, failureOf([...beforeNs, ...afterNs]));
  }
  return { judged, failed, removed, added };
}

export interface Gathered {
  readonly both: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** Which names both have, and which only one. */
export function gather(before: readonly string[], after: readonly string[]): Gathered {
  const both = after.filter((name) => before.includes(name));
  return {
    both,
    removed: before.filter((name) => !both.includes(name)),
    added: after.filter((name) => !both.includes(name)),
  };
}

type Time = ReturnType<Times["get"]>;

function namesOf([first]: readonly Times[]): readonly string[] {
  return [...first?.keys() ?? []];
}

function areTimes(times: readonly Time[]): times is readonly number[] {
  return times.every((time) => typeof time === "number");
}

function failureOf(times: readonly Time[]): string {
  const failed = times.find((time) => typeof time === "object");
  return failed === undefined ? "some runs do not have it" : failed.failure;
}
