/** What stays on the page of growth, and what is put in its place. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Dimension } from "../../bench/growth/dimension.ts";
import { putOnPage } from "../../bench/growth/page.ts";
import type { Finding } from "../../bench/growth/report.ts";
import { slopeOf } from "../../bench/growth/slopes.ts";

function dimension(name: string, why: string): Dimension {
  const start = () => Promise.reject(new Error("Nothing is measured here"));
  return { name, unit: "things", sizes: [1, 10], expected: "flat", why, start };
}

/** Measured twice, with costs that grow as `grows` says. */
function finding(dimension: Dimension, grows: number, circumstances: string): Finding {
  const measured = dimension.sizes.map((size) => ({
    size,
    costs: [7, 7].map((cost) => cost * size ** grows),
    peaks: [1e6, 1e6],
  }));
  const slope = slopeOf(measured, dimension.expected);
  return { dimension, measured, slope, circumstances };
}

const calls = dimension("calls", "Nobody knows.");
const bodies = dimension("calls, bodies", "Bytes are read.");
const FIRST = putOnPage("", [finding(calls, 0, "On Monday."), finding(bodies, 1, "On Tuesday.")], [
  calls,
  bodies,
]);

Deno.test("what is measured takes the place of what the page had of it, and of nothing else", () => {
  const page = putOnPage(FIRST, [finding(bodies, 0, "On Friday.")], [calls, bodies]);
  const [before, after] = [FIRST, page].map((text) => text.split(/^(?=## )/m));
  assertEquals(after?.[1], before?.[1]);
  assertStringIncludes(before?.[2] ?? "", "**Not as expected.** Bytes are read.\n\nOn Tuesday.");
  assertStringIncludes(after?.[2] ?? "", "0.00, flat. Bytes are read.\n\nOn Friday.");
  assertStringIncludes(
    FIRST,
    "| calls, bodies | 1 | 10 things | 1.00 | linear | **no**, flat is |",
  );
  assertStringIncludes(page, "| calls, bodies | 1 | 10 things | 0.00 | flat | yes |");
});

Deno.test("figures that stay are told in today's words, and go with their dimension", () => {
  assertEquals(putOnPage(FIRST, [], [calls, bodies]), FIRST);
  const said = dimension("calls", "A look into a table, for $1.");
  const page = putOnPage(FIRST, [], [said]);
  assertStringIncludes(page, "0.00, flat. A look into a table, for $1.\n\nOn Monday.\n");
  assertEquals(page.includes("bodies"), false);
});
