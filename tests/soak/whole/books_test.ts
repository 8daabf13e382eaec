/** That the soak's checks fail where something is missing. */

import { assert, assertEquals } from "@std/assert";
import type { AskAdmin } from "../../support/admin.ts";
import { parseMetrics } from "../../support/metrics.ts";
import { compareWithMetrics, keyOf, Ledger, type LogLine } from "../ledger.ts";
import { growthOf } from "../samples.ts";
import { factsOf } from "./call_facts.ts";
import { compareWithLedger } from "./ledger_rows.ts";

const LINE = {
  message: "call",
  request_id: "soak-1",
  surface: "openai",
  status: 200,
  outcome: "complete",
  cost: 0.5,
} satisfies LogLine & { readonly cost: number };
const COMPLETE = { kind: "complete" } as const;

/** One that answers with these rows, and with sums of so many calls. */
function adminWith(rows: readonly object[], calls: number): AskAdmin {
  const sums = { surface: "openai", calls, failed: 0, unpriced: 0, cost: 0.5 * calls };
  return (path) => {
    const json = path.startsWith("/usage")
      ? { data: [{ ...sums, input_tokens: 0, output_tokens: 0 }] }
      : { data: rows, next_cursor: null };
    return Promise.resolve({ status: 200, headers: new Headers(), text: "", json });
  };
}

async function problemsWith(
  rows: readonly object[],
  sums = rows.length,
  { losesThreads = false, saidLost = 0 } = {},
): Promise<readonly string[]> {
  const books = new Ledger({ losesLines: losesThreads });
  const end = losesThreads ? books.disturb() : () => {};
  books.begin("soak-1", "json");
  books.end("soak-1", COMPLETE);
  books.line(LINE);
  end();
  const { problems } = await compareWithLedger({
    books,
    calls: new Map([["soak-1", factsOf(LINE)]]),
    lives: [{ lostRecords: saidLost }] as never,
    admin: adminWith(rows, sums),
    losesThreads,
  });
  return problems;
}

Deno.test("the ledger must have each call of the log once, with the same members and sums", async () => {
  assertEquals(await problemsWith([LINE]), []);
  const wrongs = [
    await problemsWith([]),
    await problemsWith([LINE, LINE]),
    await problemsWith([{ ...LINE, outcome: "truncated" }]),
    await problemsWith([LINE, { ...LINE, request_id: "soak-2" }]),
    await problemsWith([LINE], 2),
    await problemsWith([LINE], 1, { saidLost: 1 }),
  ];
  for (const [index, problems] of wrongs.entries()) assert(problems.length > 0, `${index}`);
});

Deno.test("a row may be missing that Weir says it has lost, or whose thread died", async () => {
  assertEquals((await problemsWith([], 0, { saidLost: 1 })).filter(isOfRows), []);
  assertEquals((await problemsWith([], 0, { losesThreads: true })).filter(isOfRows), []);
});

Deno.test("a call whose client left has a row without a line only where its thread died", async () => {
  const problemsOf = async (losesThreads: boolean): Promise<readonly string[]> => {
    const books = new Ledger({ losesLines: losesThreads });
    const end = losesThreads ? books.disturb() : () => {};
    books.begin("soak-2", "json");
    books.end("soak-2", { kind: "left" });
    end();
    books.close();
    const { problems } = await compareWithLedger({
      books,
      calls: new Map(),
      lives: [],
      admin: adminWith([{ ...LINE, request_id: "soak-2" }], 1),
      losesThreads,
    });
    return problems;
  };
  assertEquals(await problemsOf(true), []);
  assertEquals(await problemsOf(false), ["soak-2 has a row and no line"]);
});

/** Of no calls there are no sums, which the stand-in for the admin API has. */
function isOfRows(problem: string): boolean {
  return !problem.includes("by its sums");
}

Deno.test("the metrics must have what the log has", () => {
  const lines = new Map([[keyOf(LINE), 2]]);
  const page = (calls: number) =>
    parseMetrics(`weir_calls_total{surface="openai",outcome="complete"} ${calls}\n`);
  assertEquals(compareWithMetrics(lines, page(2)), []);
  assert(compareWithMetrics(lines, page(1)).length > 0);
  assert(compareWithMetrics(lines, page(3)).length > 0);
  assertEquals(compareWithMetrics(lines, page(1), 2), []);
});

Deno.test("a call has one line, unless its client left, or Weir was disturbed while it ran", () => {
  const problemsOf = (seen: Parameters<Ledger["end"]>[1], isDisturbed: boolean): number => {
    const books = new Ledger();
    books.begin("soak-1", "json");
    const end = isDisturbed ? books.disturb() : () => {};
    books.end("soak-1", seen);
    end();
    books.close();
    return books.problems.length;
  };
  assertEquals(problemsOf({ kind: "left" }, false), 0);
  assertEquals(problemsOf({ kind: "broken" }, true), 0);
  assertEquals(problemsOf({ kind: "broken" }, false), 1);
  assertEquals(problemsOf(COMPLETE, true), 1);
});

Deno.test("growth is from the second tenth to the last", () => {
  assertEquals(growthOf([9, 10, ...Array(18).fill(10)]), 0);
  assert(growthOf(Array.from({ length: 100 }, (_, index) => 100 + index)) > 0.5);
  assert(Number.isNaN(growthOf([])));
});
