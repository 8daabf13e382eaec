/** The tables of `GROWTH.md`. */

import type { Dimension } from "./dimensions.ts";
import type { Measured } from "./measure.ts";
import { type Quartiles, quartilesOf } from "../quartiles.ts";
import type { Slope } from "./slopes.ts";

export interface Finding {
  readonly dimension: Dimension;
  readonly measured: readonly Measured[];
  readonly slope: Slope;
}

/** What the numbers were taken from. */
export interface Circumstances {
  readonly date: string;
  readonly rounds: number;
  readonly processor: string;
  readonly program: string;
}

export function formatReport(
  findings: readonly Finding[],
  { date, rounds, processor, program }: Circumstances,
): string {
  return `# How cost grows

Written by \`deno task bench:growth\` on ${date}: ${program}, ${processor}, medians of ${rounds} rounds.

One gateway for each size, all in front of one upstream, measured in turns. A call's cost is the processor time
of the gateway's process, all threads, by the calls of a round; the peak is the most memory resident in a round.
The exponent is that from the size above: 0 is no growth, 1 is growth as the size grows. Behind it are the
quartiles of the rounds. A cost of a fixed part and a linear one rises from 0 towards 1 and never passes it.
Microseconds depend on the machine; exponents hardly do.

| what grows | from | to | exponent | growth | as expected |
| --- | ---: | ---: | ---: | --- | --- |
${findings.map(summaryOf).join("\n")}

${findings.map(sectionOf).join("\n")}`;
}

/** One dimension by itself, for people who wait. */
export function sectionOf({ dimension, measured, slope }: Finding): string {
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
`;
}

function summaryOf({ dimension: { name, unit, sizes, expected }, slope }: Finding): string {
  const sizesGrown = `${group(sizes[0] ?? NaN)} | ${group(sizes.at(-1) ?? NaN)} ${unit}`;
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
