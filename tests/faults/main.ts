/** Prints the fault table: `deno task faults`. Exit code 1 when a cell is not as declared. */

// deno-lint-ignore-file no-console -- This is a command.

import { cellOf, playCases, type Played } from "./run_cases.ts";

const COLUMNS = ["fault", "relay", "form", "status wire log upstream", "cancel", ""] as const;

function row(cell: Played): readonly string[] {
  const { prompt, relay, form, expected, cancelMs } = cell;
  const actual = cellOf(cell);
  const verdict = actual === expected ? "" : `expected ${expected}`;
  return [prompt, relay, form, actual, cancelMs === undefined ? "-" : `${cancelMs} ms`, verdict];
}

if (import.meta.main) {
  const played = await playCases();
  const rows = [COLUMNS, ...played.map(row)];
  const widths = COLUMNS.map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]!.length))
  );
  for (const cells of rows) {
    console.log(cells.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd());
  }
  const wrong = played.filter((cell) => cellOf(cell) !== cell.expected);
  console.log(`\n${played.length} cells, ${wrong.length} not as declared`);
  Deno.exit(wrong.length === 0 ? 0 : 1);
}
