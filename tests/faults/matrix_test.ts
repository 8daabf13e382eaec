import { assert, assertEquals } from "@std/assert";
import { cellText, keyOf, readExpectations } from "./expectations.ts";
import { classOf, FAULT_CLASSES } from "./fault_classes.ts";
import { playMatrix } from "./matrix.ts";
import { failingFormat, FAULTS, planOf, RESTART, restartPlan, shortPlanOf } from "./matrix_plan.ts";
import { differencesOf } from "./page.ts";

Deno.test("every fault ends as declared for clients and providers of each format", async () => {
  const [cells, expectations] = [await playMatrix(shortPlanOf(FAULTS)), await readExpectations()];
  assertEquals(differencesOf(cells, expectations), []);
});

Deno.test("every cell that there is has been declared, and every rule declares one", async () => {
  const expectations = await readExpectations();
  const cells = [...planOf(FAULTS), ...restartPlan()];
  assertEquals(cells.filter((cell) => expectations.of(cell) === undefined).map(keyOf), []);
  const used = new Set(cells.map((cell) => expectations.of(cell)?.row));
  assertEquals(expectations.ends.filter((row) => !used.has(row)), []);
});

Deno.test("a cell that ends otherwise, or is declared by nothing, is found", async () => {
  const expectations = await readExpectations();
  const [cell] = planOf(["none"]);
  assert(cell !== undefined);
  const end = { seen: "200 complete", outcome: "complete", attempts: 1, upstream: "done" };
  const played = { ...cell, ...end, elapsedMs: 1 };
  assertEquals(cellText(played), expectations.of(cell)?.text);
  const others = [
    { ...played, seen: "502 upstream_error" },
    { ...played, outcome: "truncated" },
    { ...played, attempts: 2 },
    { ...played, upstream: "cancelled" },
    { ...played, fault: "unheard_of" },
  ];
  assertEquals(differencesOf([played, ...others], expectations).length, others.length);
});

Deno.test("each fault is of one class, and each class has faults", () => {
  const classes = [...FAULTS, RESTART].map(classOf);
  assertEquals(new Set(classes), new Set(FAULT_CLASSES.map(([name]) => name)));
});

Deno.test("the short plan has every fault, and every pair of a surface and targets", () => {
  const [all, short] = [planOf(FAULTS), shortPlanOf(FAULTS)];
  const pairs = (cells: typeof all) => cells.map(({ surface, targets }) => `${surface} ${targets}`);
  assertEquals(new Set(short.map(({ fault }) => fault)), new Set(FAULTS));
  assertEquals(new Set(pairs(short)), new Set(pairs(all)));
  const formats = new Set(all.map(({ targets }) => failingFormat(targets)));
  assert(short.length <= formats.size * FAULTS.length);
});
