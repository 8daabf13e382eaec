/** `bench/README.md`: what is promised and reached, and one page of figures. */

import { DOMINANTS } from "./dominants.ts";
import { describeMachine } from "./machine.ts";
import { writeMethod } from "./method.ts";
import { isKept, limitText, PROMISES, reached, verdictText } from "../promises.ts";
import { BEST, type Result } from "../result.ts";
import { markdownTable, measureTable, tableOf, withMargin } from "./table.ts";
import { CHATS, HEALTH_CHECKS, PACED, SURFACES, TRANSLATIONS, WORK } from "../work/registry.ts";

const README = new URL("../../README.md", import.meta.url);

type Results = ReadonlyMap<string, Result>;

export async function writeReport(results: Results): Promise<void> {
  const machine = await describeMachine();
  const text = `# Beside its peers

Written by \`deno task bench:peers --write\`. Absolute figures mean nothing on a shared machine; read the ratios. How they are measured, and
all of them, is in [METHOD.md](METHOD.md).

## Promises

${promisesTable(results)}

Costs are compared, not throughput. "At least" is the ratio the other way round, of calls in a second of processor time. The best peer is
the one that costs least in a round, of those that translate. ± tells how far off a figure may be, and "not sure" that
the limit is within that.

${dominantsText(results)}

## Figures

Microseconds of processor time a call, and what Weir's are of the peer's.

${measureTable([...CHATS, ...SURFACES, ...HEALTH_CHECKS], results, "cpu")}

Translated by every server:

${measureTable(TRANSLATIONS, results, "cpu")}

${figuresText(results)}

${machine}
`;
  await Deno.writeTextFile(README, text);
  await writeMethod(results);
}

/** Those that are missed come first. */
function promisesTable(results: Results): string {
  const rows = PROMISES.map((promise) => ({ promise, value: reached(promise, results) }))
    .toSorted((left, right) => rank(left) - rank(right))
    .map(({ promise, value }) => [
      promise.text,
      promise.peer === BEST ? "the best peer" : promise.peer ?? "",
      limitText(promise),
      value === undefined ? "" : withMargin(value),
      verdictText(promise, value),
    ]);
  return markdownTable(["", "of", "promised", "reached", ""], rows);
}

function rank({ promise, value }: {
  readonly promise: (typeof PROMISES)[number];
  readonly value: ReturnType<typeof reached>;
}): number {
  return value === undefined ? 2 : isKept(promise, value) ? 1 : 0;
}

/** Only what stands for a promise that is missed. */
function dominantsText(results: Results): string {
  const missed = new Set(PROMISES.flatMap((promise) => {
    const value = reached(promise, results);
    return value === undefined || isKept(promise, value) ? [] : [promise.item];
  }));
  const lines = DOMINANTS.filter(({ items }) => items.some((item) => missed.has(item)))
    .map(({ text }) => `- ${text}`);
  return lines.length === 0 ? "" : `What dominates where one is missed:\n\n${lines.join("\n")}`;
}

/** What is no cost of a call. */
function figuresText(results: Results): string {
  const costs = new Set([...CHATS, ...SURFACES, ...HEALTH_CHECKS, ...TRANSLATIONS]);
  return WORK.filter((item) => !costs.has(item)).flatMap((item) => {
    const result = results.get(item.name);
    return result === undefined
      ? []
      : [`${item.title}:\n\n${tableOf(item, result, PACED.includes(item))}`];
  }).join("\n\n");
}
