/**
 * Plays every fault and compares what became of it with what is declared: `deno task faults`.
 *
 * Writes the page to `README.md` beside this file, prints what is not as declared, and exits with 1 where there is such.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- This is a command.

import { readExpectations } from "./expectations.ts";
import { playMatrix } from "./matrix.ts";
import { FAULTS, planOf } from "./matrix_plan.ts";
import { differencesOf, pageOf } from "./page.ts";
import { playRestart } from "./restart_cells.ts";
import { cellOf, playCases } from "./run_cases.ts";

const README = new URL("./README.md", import.meta.url);

if (import.meta.main) {
  const expectations = await readExpectations();
  const cells = [...await playMatrix(planOf(FAULTS)), ...await playRestart()];
  const relays = await playCases();
  await Deno.writeTextFile(README, pageOf(cells, expectations));
  const wrong = [
    ...differencesOf(cells, expectations),
    ...relays.filter((cell) => cellOf(cell) !== cell.expected)
      .map((cell) =>
        `${cell.prompt} ${cell.relay} ${cell.form}: ${cellOf(cell)}; declared is ${cell.expected}`
      ),
  ];
  for (const line of wrong) console.log(line);
  console.log(`${cells.length + relays.length} calls, ${wrong.length} not as declared`);
  Deno.exit(wrong.length === 0 ? 0 : 1);
}
