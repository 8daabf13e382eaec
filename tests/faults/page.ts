/** The page that people read of a played matrix: a summary first, then each fault with those cells together that end alike. */

import { markdownTable } from "../support/generated_part.ts";
import { cellText, type Expectations, keyOf } from "./expectations.ts";
import { classOf, FAULT_CLASSES } from "./fault_classes.ts";
import type { MatrixCell } from "./matrix.ts";
import { SURFACES } from "./matrix_plan.ts";

/** What clients see, told apart as they would. Of a cell, the first one that fits. */
const SIGHTS: readonly (readonly [name: string, seen: RegExp])[] = [
  ["the answer", /^(?:20\d )?complete$/],
  ["an error's status", /^[45]\d\d /],
  ["broken off", /^(?:broken|closed)$/],
  ["had left", /^(?:200 )?left$/],
  [
    "as it came",
    /^20\d (?:own_form|not_json|empty|wrong content|ended for|an error|an end|no_code)/,
  ],
  ["an error at the end", /./],
];
const SIGHT_NAMES = SIGHTS.map(([name]) => name);

function sightOf({ seen }: MatrixCell): string {
  return SIGHTS.find(([, pattern]) => pattern.test(seen))?.[0] ?? "";
}

/** A cell that is not as it is declared, or not declared at all. */
export function differencesOf(
  cells: readonly MatrixCell[],
  expectations: Expectations,
): readonly string[] {
  return cells.flatMap((cell) => {
    const declared = expectations.of(cell)?.text ?? "nothing";
    const text = cellText(cell);
    return text === declared ? [] : [`${keyOf(cell)}: ${text}; declared is ${declared}`];
  });
}

export function pageOf(cells: readonly MatrixCell[], expectations: Expectations): string {
  const differences = differencesOf(cells, expectations);
  return `# The fault matrix

Written by \`deno task faults\`, which plays every fault on real sockets: the failing provider, its healthy alternative and the clients
are real, and so is Weir. What each cell must be is declared in [expected.md](expected.md), which also explains the words.

**${cells.length} cells, each of them a call: ${
    cells.length - differences.length
  } ended as declared.** What is not declared, or differs: ${
    differences.length === 0 ? "none." : `\n\n${differences.map((line) => `- ${line}\n`).join("")}`
  }

## What clients see

With one target, a client is told of the failure; with a second target, which is healthy, it gets that one's answer as long as nothing of the
first one's has been sent. _An error's status_ is an HTTP status with an error in the client's own form, _an error at the end_ the same as the last
event of a stream that had begun. _Broken off_ is what is handed through, whose bytes Weir does not interpret: its client must not take it for
whole. _As it came_ is what was no failure by any sign that Weir may go by.

${
    tableOf(
      ["what goes wrong", "targets", "cells", ...SIGHT_NAMES, "median", "longest"],
      byClass(cells),
    )
  }
${tableOf(["surface", "cells", ...SIGHT_NAMES], bySurface(cells))}
## Each fault

A row is a rule of the declaration, with the number of calls that ended by it; where several rules fit a call, the last one is its own. Ends are
\`CLIENT; OUTCOME; xATTEMPTS; PROVIDER\`.

${
    tableOf(
      [
        "faults",
        "first target",
        "surfaces",
        "one target",
        "calls",
        "two targets",
        "calls",
        "median",
      ],
      byRule(cells, expectations),
    )
  }`;
}

function byClass(cells: readonly MatrixCell[]): readonly (readonly string[])[] {
  return FAULT_CLASSES.flatMap(([name]) =>
    [false, true].map((isTwo): readonly string[] => {
      const own = cells.filter(({ fault, targets }) =>
        classOf(fault) === name && targets.includes(",") === isTwo
      );
      const times = own.map(({ elapsedMs }) => elapsedMs);
      return [
        name,
        isTwo ? "two" : "one",
        String(own.length),
        ...countsOf(own),
        `${medianOf(times)} ms`,
        `${Math.max(0, ...times)} ms`,
      ];
    })
  );
}

function bySurface(cells: readonly MatrixCell[]): readonly (readonly string[])[] {
  return SURFACES.map((name) => {
    const own = cells.filter(({ surface }) => surface === name);
    return [`\`${name}\``, String(own.length), ...countsOf(own)];
  });
}

function countsOf(cells: readonly MatrixCell[]): readonly string[] {
  const counts = Map.groupBy(cells, sightOf);
  return SIGHT_NAMES.map((name) => String(counts.get(name)?.length ?? ""));
}

function byRule(
  cells: readonly MatrixCell[],
  expectations: Expectations,
): readonly (readonly string[])[] {
  const byRow = Map.groupBy(cells, (cell) => expectations.of(cell)?.row ?? "");
  return expectations.rules.map(({ row, one, two }) => {
    const [ofOne, ofTwo] = [byRow.get(`one: ${row}`) ?? [], byRow.get(`two: ${row}`) ?? []];
    const times = [...ofOne, ...ofTwo].map(({ elapsedMs }) => elapsedMs);
    return [
      ...row.split(" | "),
      one,
      String(ofOne.length),
      two === "" ? "the same" : two,
      two === "" ? "" : String(ofTwo.length),
      `${medianOf(times)} ms`,
    ];
  });
}

function medianOf(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

function tableOf(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return `${markdownTable([columns, ...rows])}\n`;
}
