/**
 * How the cost of a call grows with what there is of everything: `deno task bench:growth` (Linux).
 *
 *     deno task bench:growth --only viewers --only cache --rounds 3 --largest 1000
 *
 * Prints a table for each dimension, or for those whose name has one of the words. `--write` puts them into
 * bench/GROWTH.md, which keeps what it has of all others; with `--rounds 0` nothing but its words changes.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { programInWords } from "../../tests/support/program.ts";
import type { Dimension, Surroundings } from "./dimension.ts";
import { DIMENSIONS } from "./dimensions/registry.ts";
import { FilledLedgers } from "./filled_ledgers.ts";
import { measure, type Subject } from "./measure.ts";
import { putOnPage } from "./page.ts";
import { type Finding, sectionOf } from "./report.ts";
import { slopeOf } from "./slopes.ts";
import { startProvider } from "./upstream.ts";

const OUTPUT = new URL("../GROWTH.md", import.meta.url);

/** The page itself is no part of what is measured. */
const COMMIT = "echo $(git rev-parse --short HEAD)" +
  "$(git diff --quiet HEAD -- . ':!bench/GROWTH.md' || echo ' and what was not committed')";

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [""] },
    rounds: { type: "string", default: "9" },
    largest: { type: "string", default: "Infinity" },
    write: { type: "boolean", default: false },
  },
});
const rounds = Number(values.rounds);
const isMeasuring = rounds !== 0;
if (isMeasuring && (!Number.isInteger(rounds) || rounds < 3)) {
  throw new Error("--rounds must be 3 or more, or 0");
}
const largest = Number(values.largest);
if (Number.isNaN(largest)) throw new Error("--largest must be a number");
const chosen = DIMENSIONS.filter(({ name }) => values.only.some((word) => name.includes(word)));
if (chosen.length === 0) {
  const names = DIMENSIONS.map(({ name }) => name).join("\n");
  throw new Error(`--only ${values.only} names none of\n${names}`);
}

async function examine(dimension: Dimension, surroundings: Surroundings): Promise<Finding> {
  await using stack = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const size of dimension.sizes.filter((size) => size <= largest)) {
    subjects.push(await dimension.start(size, surroundings, stack));
  }
  const measured = await measure(subjects, rounds);
  return {
    dimension,
    measured,
    slope: slopeOf(measured, dimension.expected),
    circumstances: await circumstances(),
  };
}

async function circumstances(): Promise<string> {
  const [processor, cores, commit, load] = await Promise.all([
    output("grep -m 1 '^model name' /proc/cpuinfo | cut -d: -f2"),
    output("nproc"),
    output(COMMIT),
    output("cut -d' ' -f1 /proc/loadavg"),
  ]);
  const date = new Date().toISOString().slice(0, 10);
  return `Measured on ${date} at ${commit}: ${programInWords}, ${processor}, ${cores} cores, ${rounds} rounds, ` +
    `load of the machine ${load} at the end.`;
}

async function output(script: string): Promise<string> {
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).trim();
}

async function write(findings: readonly Finding[]): Promise<void> {
  const page = await Deno.readTextFile(OUTPUT);
  await Deno.writeTextFile(OUTPUT, putOnPage(page, findings, DIMENSIONS));
}

await using provider = startProvider();
await using ledgers = new FilledLedgers();
for (const dimension of isMeasuring ? chosen : []) {
  const finding = await examine(dimension, { provider, ledgers });
  console.log(sectionOf(finding));
  // At once, because all of them take long.
  if (values.write) await write([finding]);
}
if (values.write) await write([]);
