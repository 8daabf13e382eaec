/**
 * How the cost of a call grows with what there is of everything: `deno task bench:growth` (Linux).
 *
 * Prints a table for each dimension and writes them to bench/GROWTH.md; `--only WORD` measures those whose
 * name has the word, and writes nothing.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { parseArgs } from "node:util";
import { binaryPath } from "../../tests/support/program.ts";
import { type Dimension, DIMENSIONS } from "./dimensions.ts";
import { measure, type Subject } from "./measure.ts";
import { type Finding, formatReport, sectionOf } from "./report.ts";
import { slopeOf } from "./slopes.ts";
import { type GrowthProvider, startProvider } from "./upstream.ts";

const OUTPUT = new URL("../GROWTH.md", import.meta.url);

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string", default: "9" },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 3) throw new Error("--rounds must be 3 or more");
const chosen = DIMENSIONS.filter(({ name }) => name.includes(values.only ?? ""));
if (chosen.length === 0) {
  const names = DIMENSIONS.map(({ name }) => name).join("\n");
  throw new Error(`--only ${values.only} names none of\n${names}`);
}

async function examine(dimension: Dimension, provider: GrowthProvider): Promise<Finding> {
  await using stack = new AsyncDisposableStack();
  const subjects: Subject[] = [];
  for (const size of dimension.sizes) {
    subjects.push(await dimension.start(size, provider, stack));
  }
  const measured = await measure(subjects, rounds);
  return { dimension, measured, slope: slopeOf(measured, dimension.expected) };
}

async function processor(): Promise<string> {
  const script = "grep -m 1 '^model name' /proc/cpuinfo | cut -d: -f2; nproc";
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  const [model = "", cores = ""] = new TextDecoder().decode(stdout).trim().split("\n");
  return `${model.trim()}, ${cores} cores`;
}

await using provider = startProvider();
const findings: Finding[] = [];
for (const dimension of chosen) {
  const finding = await examine(dimension, provider);
  findings.push(finding);
  console.log(sectionOf(finding));
}
if (values.only === undefined) {
  const report = formatReport(findings, {
    date: new Date().toISOString().slice(0, 10),
    rounds,
    processor: await processor(),
    program: binaryPath === undefined ? `Deno ${Deno.version.deno}, from source` : "the binary",
  });
  await Deno.writeTextFile(OUTPUT, report);
}
