/**
 * Says what got worse since a revision: `deno task bench:compare REF [FILE...]`.
 *
 * Runs each file of benches of the working tree and of REF in turns, each time in a fresh process, and compares
 * the benches that both have. 1 is the exit code where one got worse, 2 where nothing could be compared.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { compareFile, type FileComparison, gather, type Trees } from "./compare_file.ts";
import type { Judgement } from "./judge.ts";
import { checkOut, WORKING_TREE } from "./revision.ts";
import { benchFiles } from "./run_benches.ts";

const USAGE = `Usage: deno task bench:compare REF [FILE...] [--rounds N] [--preload MODULE]

REF is a commit, a branch or a tag; FILE a file of bench/, such as limiter_bench.ts.
  --rounds N        Runs of each revision, 5 by default, 3 at the least
  --preload MODULE  Loaded before the benches of both`;

const CANNOT_COMPARE = 2;

interface Wishes {
  readonly ref: string;
  readonly files: readonly string[];
  readonly rounds: number;
  readonly flags: readonly string[];
}

function readWishes(): Wishes {
  const { values, positionals: [ref, ...files] } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string", default: "5" }, preload: { type: "string" } },
  });
  const rounds = Number(values.rounds);
  if (ref === undefined) throw new Error(`Say what to compare with.\n${USAGE}`);
  if (!Number.isInteger(rounds) || rounds < 3) throw new Error("--rounds must be 3 or more");
  return { ref, files, rounds, flags: values.preload ? ["--preload", values.preload] : [] };
}

function time(ns: number): string {
  if (ns >= 1e6) return `${(ns / 1e6).toPrecision(3)} ms`;
  return ns >= 1e3 ? `${(ns / 1e3).toPrecision(3)} µs` : `${ns.toPrecision(3)} ns`;
}

function line(name: string, { beforeNs, afterNs, ratio, noise, verdict }: Judgement): string {
  const times = `${time(beforeNs).padStart(8)} → ${time(afterNs).padStart(8)}`;
  const bound = `± ${(noise * 100).toFixed(0)} %`.padStart(7);
  return `${verdict.padEnd(6)}  ${times}  × ${ratio.toFixed(2)} ${bound}  ${name}`;
}

function print({ judged, failed, removed, added }: FileComparison): void {
  for (const [name, judgement] of judged) console.log(line(name, judgement));
  for (const [name, reason] of failed) console.log(`failed  ${name}: ${reason}`);
  for (const name of removed) console.log(`removed  ${name}`);
  for (const name of added) console.log(`new     ${name}`);
}

/** Names of the benches of a file that got worse. What looks like it is run again, and has to again. */
async function findWorse(file: string, trees: Trees, wishes: Wishes): Promise<readonly string[]> {
  const first = await compareFile(file, trees, wishes);
  print(first);
  const suspects = worseOf(first);
  if (suspects.length === 0) return [...first.failed.keys()];
  console.log("again, for what looks worse:");
  const second = await compareFile(file, trees, wishes);
  print(second);
  const again = worseOf(second);
  return [...first.failed.keys(), ...suspects.filter((name) => again.includes(name))];
}

function worseOf({ judged }: FileComparison): readonly string[] {
  return [...judged].flatMap(([name, { verdict }]) => verdict === "worse" ? [name] : []);
}

async function compare(wishes: Wishes): Promise<readonly string[]> {
  await using revision = await checkOut(wishes.ref);
  const { path, commit } = revision;
  const found = gather(await benchFiles(path), await benchFiles(WORKING_TREE));
  for (const file of wishes.files) {
    if (!found.both.includes(file)) {
      const choice = found.both.join(", ");
      throw new Error(`bench/${file} is not in both revisions; these are: ${choice}`);
    }
  }
  console.log(`${commit} → the working tree, median of ${wishes.rounds} rounds`);
  const worse: string[] = [];
  for (const file of wishes.files.length > 0 ? wishes.files : found.both) {
    console.log(`\n${file}`);
    const names = await findWorse(file, { before: path, after: WORKING_TREE }, wishes);
    worse.push(...names.map((name) => `${file}: ${name}`));
  }
  for (const file of found.removed) console.log(`\nremoved  ${file}`);
  for (const file of found.added) console.log(`\nnew      ${file}`);
  return worse;
}

try {
  const worse = await compare(readWishes());
  console.log(
    worse.length === 0 ? "\nNothing got worse." : `\nWorse or failed:\n${worse.join("\n")}`,
  );
  if (worse.length > 0) Deno.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exitCode = CANNOT_COMPARE;
}
