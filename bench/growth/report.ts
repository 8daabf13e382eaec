/** The words and tables of `GROWTH.md`. */

import type { Dimension } from "./dimension.ts";
import type { Measured } from "./measure.ts";
import { type Quartiles, quartilesOf } from "../quartiles.ts";
import type { Slope } from "./slopes.ts";

export interface Finding {
  readonly dimension: Dimension;
  readonly measured: readonly Measured[];
  readonly slope: Slope;
  /** When, of what and where. */
  readonly circumstances: string;
}

/** What the page has of one dimension. */
export interface Part {
  /** Of the table of all. */
  readonly row: string;
  readonly section: string;
}

export function formatPage(parts: readonly Part[]): string {
  return `# How cost grows

Written by \`deno task bench:growth --write\`. Below each table stands when and of what it was measured.

One gateway for each size, all in front of one upstream, measured in turns. A call's cost is the processor time
of the gateway's process, all threads, by the calls of a round; the peak is the most memory resident in a round.
The exponent is that from the size above: 0 is no growth, 1 is growth as the size grows. Behind it are the
quartiles of the rounds. A cost of a fixed part and a linear one rises from 0 towards 1 and never passes it.
Microseconds depend on the machine; exponents hardly do.

| what grows | from | to | exponent | growth | as expected |
| --- | ---: | ---: | ---: | --- | --- |
${parts.map(({ row }) => row).join("\n")}

${parts.map(({ section }) => section).join("\n")}`;
}

export function partOf(finding: Finding): Part {
  return { row: rowOf(finding), section: sectionOf(finding) };
}

/** The last lines of a section: what it comes to, why, and when it was measured. */
const WORDS = /^(From first to last: -?[\d.]+, [a-z ]+\.(?: \*\*Not as expected\.\*\*)?)(?: .*)?$/m;

/** With what is said of the dimension now. */
export function withWords({ row, section }: Part, { why }: Dimension): Part {
  const said = section.replace(WORDS, (_, headline: string) => `${headline} ${why}`);
  return { row, section: `${said.trimEnd()}\n` };
}

/** One dimension by itself, for people who wait. */
export function sectionOf({ dimension, measured, slope, circumstances }: Finding): string {
  const { name, unit, why } = dimension;
  const rows = measured.map(({ size, costs, peaks }, index) => {
    const cost = quartilesOf(costs).median;
    const step = slope.steps[index - 1];
    return `| ${group(size)} | ${number(cost)} | ${number(cost / size)} ` +
      `| ${step === undefined ? "" : formatStep(step)} | ${
        number(quartilesOf(peaks).median / 1e6)
      } |`;
  });
  return `## ${name}

| ${unit} | µs a call | µs a call, by ${unit} | exponent | peak MB |
| ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}

${headline(slope)} ${why}

${circumstances}
`;
}

function rowOf({ dimension: { name, unit, expected }, measured, slope }: Finding): string {
  const [first, last] = [measured[0], measured.at(-1)];
  const sizesGrown = `${group(first?.size ?? NaN)} | ${group(last?.size ?? NaN)} ${unit}`;
  const verdict = slope.isExpected ? "yes" : `**no**, ${expected} is`;
  return `| ${name} | ${sizesGrown} | ${
    slope.whole.median.toFixed(2)
  } | ${slope.growth} | ${verdict} |`;
}

function headline({ growth, whole, isExpected }: Slope): string {
  const mark = isExpected ? "" : " **Not as expected.**";
  return `From first to last: ${whole.median.toFixed(2)}, ${growth}.${mark}`;
}

function formatStep({ lower, median, upper }: Quartiles): string {
  return `${median.toFixed(2)} (${lower.toFixed(2)} to ${upper.toFixed(2)})`;
}

function group(size: number): string {
  return size.toLocaleString("en-US");
}

/** Three digits, which is more than is known. */
function number(value: number): string {
  return value >= 100 ? group(Math.round(value)) : value.toPrecision(3);
}
