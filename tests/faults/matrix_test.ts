import { assert, assertEquals } from "@std/assert";
import { cellText, keyOf, readExpectations } from "./expectations.ts";
import { playMatrix } from "./matrix.ts";

const MIN_CALLS = 150;

Deno.test("every fault ends as declared on every surface, with one target and with two", async () => {
  const [cells, expected] = [await playMatrix(), await readExpectations()];
  assert(cells.length >= MIN_CALLS);
  assertEquals(
    cells.map((cell) => `${keyOf(cell)}: ${cellText(cell)}`),
    cells.map((cell) => `${keyOf(cell)}: ${expected.get(keyOf(cell))}`),
  );
  assertEquals(expected.size, cells.length, "expected.md declares what is not played");
});
