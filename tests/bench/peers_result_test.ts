/** What the side-by-side runs make of their rounds. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { figure, ratio, type Result } from "../../bench/peers/result.ts";
import { added, cost } from "../../bench/peers/work/work_item.ts";

const CPU = cost("cpu", "µs");

function resultOf(weir: readonly number[], nginx: readonly number[]): Result {
  const rounds = weir.map((cpu, round) => ({
    direct: { cpu: 1 },
    nginx: { cpu: nginx[round] ?? NaN },
    Weir: { cpu },
  }));
  return { item: "json", date: "", servers: ["direct", "nginx", "Weir"], rounds };
}

Deno.test("ratio() compares within a round, so that a slow round changes nothing", () => {
  const { median, spread, isTooWide } = ratio(
    resultOf([20, 200, 40], [10, 100, 20]),
    CPU,
    "Weir",
    "nginx",
  );
  assertEquals({ median, spread, isTooWide }, { median: 2, spread: 0, isTooWide: false });
});

Deno.test("ratio() tells when its rounds differ too much to be reported", () => {
  const peaceful = ratio(resultOf([20, 21, 22], [10, 10, 10]), CPU, "Weir", "nginx");
  assert(!peaceful.isTooWide);
  assertAlmostEquals(peaceful.spread, 1 / 21);
  assert(ratio(resultOf([20, 30, 60], [10, 10, 10]), CPU, "Weir", "nginx").isTooWide);
});

Deno.test("what a server adds is its figure less that of the upstream, which adds nothing", () => {
  const measure = added("cpu", "µs");
  const result = resultOf([7, 9], [3, 5]);
  assertEquals(figure(result, measure, "Weir").median, 7);
  assertEquals(ratio(result, measure, "Weir", "nginx").median, 2.5);
  assertEquals(figure(result, measure, "direct").median, NaN);
});
