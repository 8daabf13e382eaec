import { assertEquals } from "@std/assert";
import { keyOf, readExpectations } from "./expectations.ts";
import { restartPlan } from "./matrix_plan.ts";
import { differencesOf } from "./page.ts";
import { playRestart } from "./restart_cells.ts";

Deno.test("a restart under load ends as declared on every surface", async () => {
  const cells = await playRestart();
  assertEquals(cells.map(keyOf), restartPlan().map(keyOf));
  assertEquals(differencesOf(cells, await readExpectations()), []);
});
