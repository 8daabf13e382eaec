import { assert, assertEquals } from "@std/assert";
import { cellText, keyOf, readExpectations } from "./expectations.ts";
import { playMatrix } from "./matrix.ts";
import { FAULTS, planOf, restartPlan, shortPlanOf } from "./matrix_plan.ts";

Deno.test("every fault ends as declared for clients and providers of each format", async () => {
  const [cells, expected] = [await playMatrix(shortPlanOf(FAULTS)), await readExpectations()];
  assertEquals(
    cells.map((cell) => `${keyOf(cell)}: ${cellText(cell)}`),
    cells.map((cell) => `${keyOf(cell)}: ${expected.get(keyOf(cell))}`),
  );
});

Deno.test("every cell that there is has been declared, and no other", async () => {
  const declared = [...(await readExpectations()).keys()];
  const planned = [...planOf(FAULTS), ...restartPlan()].map(keyOf);
  assertEquals(declared.toSorted(), [...new Set(planned)].toSorted());
});

Deno.test("the short plan has every fault, and every pair of a surface and targets", () => {
  const [all, short] = [planOf(FAULTS), shortPlanOf(FAULTS)];
  const pairs = (cells: typeof all) => cells.map(({ surface, targets }) => `${surface} ${targets}`);
  assertEquals(new Set(short.map(({ fault }) => fault)), new Set(FAULTS));
  assertEquals(new Set(pairs(short)), new Set(pairs(all)));
  assert(short.length <= 13 * FAULTS.length);
});
