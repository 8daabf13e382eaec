import { assertEquals, assertThrows } from "@std/assert";
import { type Costs, slopeOf } from "../../bench/growth/slopes.ts";

const SIZES = [1, 10, 100, 1_000];

/** Costs of three rounds that differ by 10 % each way. */
function costsOf(cost: (size: number) => number): readonly Costs[] {
  return SIZES.map((size) => ({ size, costs: [0.9, 1, 1.1].map((noise) => cost(size) * noise) }));
}

Deno.test("slopeOf() names how a cost grows and says whether it may", () => {
  const cases = [
    { cost: () => 50, growth: "flat", expected: ["flat", "below linear", "linear"] },
    {
      cost: (size: number) => 50 / (1 + size / 10),
      growth: "falls",
      expected: ["flat", "below linear", "linear"],
    },
    {
      cost: (size: number) => 50 + size / 20,
      growth: "below linear",
      expected: ["below linear", "linear"],
    },
    { cost: (size: number) => 50 + 2 * size, growth: "linear", expected: ["linear"] },
    { cost: (size: number) => 3 * size, growth: "linear", expected: ["linear"] },
    { cost: (size: number) => 50 + size ** 2, growth: "above linear", expected: [] },
    { cost: (size: number) => size * Math.log(9 + size), growth: "above linear", expected: [] },
  ];
  const growths = ["flat", "below linear", "linear"] as const;
  for (const { cost, growth, expected } of cases) {
    const points = costsOf(cost);
    assertEquals(slopeOf(points, "flat").growth, growth, String(cost));
    const isExpected = growths.filter((growth) => slopeOf(points, growth).isExpected);
    assertEquals(isExpected, expected as typeof isExpected, String(cost));
  }
});

Deno.test("slopeOf() judges round by round, so that a busy machine bends nothing", () => {
  const points = costsOf(() => 50).map(({ size, costs }) => ({
    size,
    costs: costs.map((cost, round) => cost * [1, 7, 3][round]!),
  }));
  const { whole, steps } = slopeOf(points, "flat");
  assertEquals([...steps, whole].map(({ lower, upper }) => [lower, upper]), Array(4).fill([0, 0]));
});

Deno.test("slopeOf() believes a step only where three rounds in four have it", () => {
  const costs = (size: number, last: number) => ({ size, costs: [50, 50, 50, 50, last] });
  assertEquals(slopeOf([costs(1, 50), costs(10, 900)], "flat").isExpected, true);
  assertThrows(() => slopeOf([costs(1, 50)], "flat"), Error, "two sizes");
});
