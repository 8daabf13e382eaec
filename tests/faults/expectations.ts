/**
 * What is declared of every cell of the fault matrix: the rules in `expected.md`.
 *
 * @module
 */

import type { MatrixCell } from "./matrix.ts";
import {
  askedFormat,
  type PlannedCell,
  SURFACE_GROUPS,
  type SurfaceName,
  SURFACES,
} from "./matrix_plan.ts";
import { type ErrorWords, seenBy } from "./told_errors.ts";

const FILE = new URL("./expected.md", import.meta.url);
const RULE_COLUMNS = ["faults", "first target", "surfaces", "one target", "two targets"];

/** A cell as `expected.md` writes it. */
export function cellText(
  { seen, outcome, attempts, upstream: provider }: Pick<
    MatrixCell,
    "seen" | "outcome" | "attempts" | "upstream"
  >,
): string {
  return `${seen}; ${outcome}; x${attempts}; ${provider}`;
}

export function keyOf({ fault, targets, surface }: PlannedCell): string {
  return `${fault}; ${targets}; ${surface}`;
}

/** One row of the declaration. */
export interface Rule {
  readonly row: string;
  readonly faults: readonly RegExp[];
  /** None for any. */
  readonly formats: readonly string[];
  readonly surfaces: ReadonlySet<SurfaceName>;
  readonly one: string;
  /** A second target is healthy, and which API it speaks must make no difference. */
  readonly two: string;
}

/** What is declared of a cell, and by which row. */
export interface Declared {
  readonly text: string;
  readonly row: string;
}

export class Expectations {
  readonly rules: readonly Rule[];
  readonly #words: ErrorWords;

  constructor(rules: readonly Rule[], words: ErrorWords) {
    this.rules = rules;
    this.#words = words;
  }

  /** The rows, with `one` or `two` for each of their ends. */
  get ends(): readonly string[] {
    return this.rules.flatMap(({ row, one, two }) => [
      ...(one === "" ? [] : [`one: ${row}`]),
      ...(two === "" ? [] : [`two: ${row}`]),
    ]);
  }

  /** Of all rules that fit a cell, the last one counts. */
  of(cell: PlannedCell): Declared | undefined {
    const format = askedFormat(cell);
    const rule = this.rules.findLast(({ faults, formats, surfaces }) =>
      surfaces.has(cell.surface) && (formats.length === 0 || formats.includes(format)) &&
      faults.some((pattern) => pattern.test(cell.fault))
    );
    if (rule === undefined) return undefined;
    const isSecond = cell.targets.includes(",") && rule.two !== "";
    const [client = "", ...rest] = (isSecond ? rule.two : rule.one).split("; ");
    return {
      text: [seenBy(cell.surface, client, this.#words), ...rest].join("; "),
      row: `${isSecond ? "two" : "one"}: ${rule.row}`,
    };
  }
}

/** Throws where a table is not as it should be. */
export async function readExpectations(): Promise<Expectations> {
  const lines = (await Deno.readTextFile(FILE)).split("\n").filter((line) => line.startsWith("| "));
  const rows = lines.map((line) => line.slice(1, -1).split("|").map((cell) => cell.trim()));
  const from = rows.findIndex((row) => row.join() === RULE_COLUMNS.join());
  if (from === -1) throw new Error(`expected.md has no table with ${RULE_COLUMNS}`);
  const [columns = [], , ...statuses] = rows.slice(0, from);
  const words = new Map(statuses.map(([status = "", ...cells]) => [
    status,
    Object.fromEntries(cells.map((cell, index) => [columns[index + 1] ?? "", cell])),
  ]));
  return new Expectations(rows.slice(from + 2).map(ruleOf), words);
}

function ruleOf(cells: readonly string[]): Rule {
  const [faults = "", formats = "", surfaces = "", one = "", two = ""] = cells;
  const row = cells.slice(0, 3).join(" | ");
  if (cells.length !== RULE_COLUMNS.length || one === "") {
    throw new Error(`expected.md has a row that is no rule: ${row}`);
  }
  return {
    row,
    faults: faults.split(", ").map((name) => new RegExp(`^${name.replaceAll("*", "\\w*")}$`)),
    formats: formats === "any" ? [] : formats.split(", "),
    surfaces: new Set(surfaces.split(", ").flatMap(surfacesOf)),
    one,
    two,
  };
}

function surfacesOf(name: string): readonly SurfaceName[] {
  const surfaces = SURFACE_GROUPS[name] ?? SURFACES.filter((surface) => surface === name);
  if (surfaces.length === 0) throw new Error(`expected.md names ${name}, which is no surface`);
  return surfaces;
}
