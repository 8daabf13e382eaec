import { assertEquals } from "@std/assert";
import { cellText, keyOf, readExpectations } from "./expectations.ts";
import { restartPlan } from "./matrix_plan.ts";
import { playRestart } from "./restart_cells.ts";

Deno.test("a restart under load ends as declared on every surface", async () => {
  const [cells, expected] = [await playRestart(), await readExpectations()];
  assertEquals(
    cells.map((cell) => `${keyOf(cell)}: ${cellText(cell)}`),
    restartPlan().map((cell) => `${keyOf(cell)}: ${expected.get(keyOf(cell))}`),
  );
});
