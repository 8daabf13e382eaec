import { assert, assertEquals, assertThrows } from "@std/assert";
import { type AliasTarget, routingOptions } from "../../src/routing/options.ts";
import { orderTargets } from "../../src/routing/route_table.ts";

const targetsOf = (alias: unknown) =>
  routingOptions.parse({ aliases: { alias } }).aliases["alias"]!;

const namesOf = (targets: readonly AliasTarget[], random: () => number) =>
  orderTargets(targets, random).map(({ name }) => name);

/** Numbers in [0, 1), the same every time. */
function randomNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

Deno.test("orderTargets() keeps the list's order where no target has a weight", () => {
  const random = (): number => {
    throw new Error("drew");
  };
  assertEquals(namesOf(targetsOf("a/m"), random), ["a/m"]);
  assertEquals(namesOf(targetsOf("a/m | b/n"), random), ["a/m", "b/n"]);
  assertEquals(namesOf(targetsOf(["b/n", { target: "a/m" }]), random), ["b/n", "a/m"]);
});

Deno.test("orderTargets() draws by weight, those with 0 last", () => {
  const targets = targetsOf([
    { target: "last", weight: 0 },
    { target: "three", weight: 3 },
    "one",
    { target: "very last", weight: 0 },
  ]);
  const random = randomNumbers();
  const firsts: Record<string, number> = {};
  for (let draw = 0; draw < 10_000; draw++) {
    const order = namesOf(targets, random);
    assertEquals(order.toSorted(), ["last", "one", "three", "very last"]);
    assertEquals(order.slice(2), ["last", "very last"]);
    firsts[order[0] ?? ""] = (firsts[order[0] ?? ""] ?? 0) + 1;
  }
  const share = (firsts["three"] ?? 0) / 10_000;
  assert(Math.abs(share - 0.75) < 0.02, `drawn first in ${share} of all calls`);
});

Deno.test("aliases are bounded and say what is wrong", () => {
  const many = Array.from({ length: 17 }, (_, index) => `a/${index}`);
  const cases: readonly [unknown, string][] = [
    ["", "must name targets of 1 to 256 characters"],
    ["a/m|", "must name targets of 1 to 256 characters"],
    [["x".repeat(257)], "must name targets of 1 to 256 characters"],
    ["a/m|a/m", "must not name a target twice"],
    [[], "must name 1 to 16 targets"],
    [many, "must name 1 to 16 targets"],
    [many.join("|"), "must name 1 to 16 targets"],
    [[{ target: "a/m", weight: -1 }], "Too small"],
    [[{ target: "a/m", wieght: 1 }], "Unrecognized key"],
    [[7], "Invalid input"],
  ];
  for (const [alias, message] of cases) {
    assertThrows(() => targetsOf(alias), Error, message, JSON.stringify(alias)?.slice(0, 80));
  }
  const aliases = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [index, "a/m"]));
  assertThrows(() => routingOptions.parse({ aliases }), Error, "must be 1000 at the most");
});
