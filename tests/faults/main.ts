/**
 * Plays every fault and compares what became of it with what is declared: `deno task faults`.
 *
 * Prints a row for each fault and its targets, writes the table to `README.md` beside this file, and exits with 1 when
 * a cell is not as declared.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { cellText, keyOf, readExpectations } from "./expectations.ts";
import { type MatrixCell, playMatrix } from "./matrix.ts";
import { FAULTS, planOf, RESTART, SURFACES } from "./matrix_plan.ts";
import { playRestart } from "./restart_cells.ts";
import { cellOf, playCases, type Played } from "./run_cases.ts";

const README = new URL("./README.md", import.meta.url);

const COLUMNS = ["fault", "targets", ...SURFACES];
const RELAY_COLUMNS = ["fault", "relay", "form", "the client saw", "outcome", "upstream", "time"];

/** A row for each fault and its targets, with what became of the call on each surface. */
function rowsOf(cells: readonly MatrixCell[]): readonly (readonly string[])[] {
  const rows = Map.groupBy(cells, ({ fault, targets }) => `${fault}; ${targets}`);
  return [...rows.values()].map((row) => [
    row[0]?.fault ?? "",
    row[0]?.targets ?? "",
    ...SURFACES.map((surface) => {
      const cell = row.find((cell) => cell.surface === surface);
      return cell === undefined ? "" : `${cellText(cell)}; ${cell.elapsedMs} ms`;
    }),
  ]);
}

function relayRowOf({ prompt, relay, form, ...cell }: Played): readonly string[] {
  const { seen, outcome, upstream: provider, cancelMs } = cell;
  return [
    prompt,
    relay,
    form,
    seen,
    outcome,
    provider,
    cancelMs === undefined ? "-" : `${cancelMs} ms to cancel`,
  ];
}

function tableOf(rows: readonly (readonly string[])[]): string {
  return rows.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

async function writeReadme(
  rows: readonly (readonly string[])[],
  calls: number,
): Promise<void> {
  const text = `# The fault matrix

Written by \`deno task faults\`, which plays every fault on real sockets: the failing upstream, its healthy alternative and the clients
are real, and so is Weir. What each cell must be is declared in [expected.md](expected.md), which also explains the words. The times
are those of one run on one machine, with time-outs of two to four seconds.

${calls} cells, each of them one call; those of \`${RESTART}\` say what became of many, of which the time is that of the longest.

${tableOf([COLUMNS, COLUMNS.map(() => "---"), ...rows])}`;
  await Deno.writeTextFile(README, text);
}

if (import.meta.main) {
  const cells = [...await playMatrix(planOf(FAULTS)), ...await playRestart()];
  const expected = await readExpectations();
  const rows = rowsOf(cells);
  await writeReadme(rows, cells.length);
  const relays = await playCases();
  console.log(tableOf([COLUMNS, ...rows]));
  console.log("What the fake LLM can play, relayed as it is and transcoded:\n");
  console.log(tableOf([RELAY_COLUMNS, ...relays.map(relayRowOf)]));
  const wrong = [
    ...cells.filter((cell) => cellText(cell) !== expected.get(keyOf(cell)))
      .map((cell) => `${keyOf(cell)}: ${cellText(cell)}, expected ${expected.get(keyOf(cell))}`),
    ...relays.filter((cell) => cellOf(cell) !== cell.expected)
      .map((cell) =>
        `${cell.prompt} ${cell.relay} ${cell.form}: ${cellOf(cell)}, expected ${cell.expected}`
      ),
  ];
  for (const line of wrong) console.log(line);
  console.log(`${cells.length + relays.length} calls, ${wrong.length} not as declared`);
  Deno.exit(wrong.length === 0 ? 0 : 1);
}
