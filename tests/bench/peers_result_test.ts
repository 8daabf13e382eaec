/** What the side-by-side runs make of their rounds. */

import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { isSure, MOST_MARGIN, PROMISES, reached, verdictText } from "../../bench/peers/promises.ts";
import { BEST, figure, ratio, type Result } from "../../bench/peers/result.ts";
import { measureTable } from "../../bench/peers/report/table.ts";
import { json } from "../../bench/peers/work/completions.ts";
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
  const value = ratio(resultOf([20, 200, 40], [10, 100, 20]), CPU, "Weir", "nginx");
  assertEquals(value, { median: 2, spread: 0, margin: 0 });
});

Deno.test("a ratio is the surer the less its rounds differ, and the more of them there are", () => {
  const peaceful = ratio(resultOf([20, 21, 22], [10, 10, 10]), CPU, "Weir", "nginx");
  assertAlmostEquals(peaceful.spread, 1 / 21);
  const noisy = ratio(resultOf([20, 30, 60], [10, 10, 10]), CPU, "Weir", "nginx");
  assertEquals(noisy.median, 3);
  assert(noisy.margin > peaceful.margin);
  const rounds = Array.from({ length: 30 }, (_, round) => [20, 30, 60][round % 3] ?? NaN);
  const patient = ratio(resultOf(rounds, rounds.map(() => 10)), CPU, "Weir", "nginx");
  assert(patient.margin < noisy.margin);
});

Deno.test("the best peer is the one that costs least in its round", () => {
  const rounds = [[9, 20, 30], [9, 40, 30]].map(([weir = 0, first = 0, second = 0]) => ({
    Weir: { cpu: weir },
    first: { cpu: first },
    second: { cpu: second },
  }));
  const result = { item: "json", date: "", servers: ["Weir", "first", "second"], rounds };
  assertAlmostEquals(ratio(result, CPU, "Weir", BEST).median, (9 / 20 + 9 / 30) / 2);
});

Deno.test("what a server adds is its figure less that of the upstream, which adds nothing", () => {
  const measure = added("cpu", "µs");
  const result = resultOf([7, 9], [3, 5]);
  assertEquals(figure(result, measure, "Weir").median, 7);
  assertEquals(ratio(result, measure, "Weir", "nginx").median, 2.5);
  assertEquals(figure(result, measure, "direct").median, NaN);
});

Deno.test("rounds go on until each promised ratio is sure, and not for peers that are not there", () => {
  function calls(weir: readonly number[]): Result {
    const rounds = weir.map((cpu) => ({ Weir: { cpu }, "Node + undici": { cpu: 10 } }));
    return { item: "json", date: "", servers: ["Weir", "Node + undici"], rounds };
  }
  assert(isSure(calls([10, 10.1, 10.2])));
  assert(!isSure(calls([10, 12, 15])));
  const [promise] = PROMISES.filter(({ item, peer }) => item === "json" && peer !== "Portkey");
  const value = reached(promise!, new Map([["json", calls([10, 12, 15])]]));
  assertEquals(value?.median, 1.2);
  assert(value !== undefined && value.margin > MOST_MARGIN);
});

Deno.test("a table of one measure has a row for each work that was measured, and no upstream", () => {
  const table = measureTable([json], new Map([["json", resultOf([20, 20], [10, 10])]]), "cpu");
  assertEquals(table.split("\n"), [
    "|  | Weir | nginx |",
    "| --- | ---: | ---: |",
    "| chat, prompt of 0.5 KB | 20.0 | 10.0: 2.00 ±0 % |",
  ]);
  assertEquals(measureTable([json], new Map(), "cpu").split("\n").length, 2);
});

Deno.test("a verdict tells where the limit is within what the figure may be off", () => {
  const promise = { text: "", item: "json", measure: "cpu", peer: "nginx", atMost: 2 };
  const verdict = (median: number) => verdictText(promise, { median, spread: 0, margin: 0.1 });
  assertEquals(
    [1, 1.9, 2.1, 3].map(verdict),
    ["met", "met, not sure", "**missed**, not sure", "**missed**"],
  );
  assertEquals(verdictText(promise, undefined), "not measured");
});
