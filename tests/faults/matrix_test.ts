import { assert, assertEquals } from "@std/assert";
import { cellText, keyOf, readExpectations } from "./expectations.ts";
import { planOf, playMatrix } from "./matrix.ts";
import { RESTART } from "./restart_cells.ts";

const MIN_CALLS = 150;

Deno.test("every fault ends as declared on every surface, with one target and with two", async () => {
  const [cells, expected] = [await playMatrix(), await readExpectations()];
  assert(cells.length >= MIN_CALLS);
  assertEquals(
    cells.map((cell) => `${keyOf(cell)}: ${cellText(cell)}`),
    cells.map((cell) => `${keyOf(cell)}: ${expected.get(keyOf(cell))}`),
  );
  const played = cells.length + planOf([RESTART]).length;
  assertEquals(expected.size, played, "expected.md declares what is not played");
});
