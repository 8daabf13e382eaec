/**
 * What is declared of every cell of the fault matrix: the table in `expected.md`.
 *
 * @module
 */

import type { MatrixCell } from "./matrix.ts";
import { type PlannedCell, SURFACES } from "./matrix_plan.ts";

const FILE = new URL("./expected.md", import.meta.url);
const COLUMNS = ["fault", "targets", ...SURFACES];

/** A cell as `expected.md` writes it. */
export function cellText(
  { seen, outcome, attempts, upstream: provider }: Pick<
    MatrixCell,
    "seen" | "outcome" | "attempts" | "upstream"
  >,
): string {
  return `${seen}; ${outcome}; x${attempts}; ${provider}`;
}

/** Declared cells, by `keyOf`. */
export type Expectations = ReadonlyMap<string, string>;

/** A second target is healthy, and which API it speaks must make no difference. */
export function keyOf({ fault, targets, surface }: PlannedCell): string {
  return keyFrom(fault, targets.replace(/, .*/, ", any"), surface);
}

/** Throws where the table is not as it should be. */
export async function readExpectations(): Promise<Expectations> {
  const expected = new Map<string, string>();
  const rows = (await Deno.readTextFile(FILE)).split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | ").map((cell) => cell.trim()));
  const [columns, , ...faults] = rows;
  if (columns?.join() !== COLUMNS.join()) throw new Error(`expected.md has the columns ${columns}`);
  for (const [fault = "", targets = "", ...cells] of faults) {
    for (const [index, surface] of SURFACES.entries()) {
      const text = cells[index];
      if (text === undefined) throw new Error(`expected.md lacks ${fault} ${targets} ${surface}`);
      if (text !== "") expected.set(keyFrom(fault, targets, surface), text);
    }
  }
  return expected;
}

function keyFrom(fault: string, targets: string, surface: string): string {
  return `${fault}; ${targets}; ${surface}`;
}
