import { assert, assertEquals } from "@std/assert";
import { runMixed } from "./mixed.ts";

Deno.test("mixed traffic: every request has one outcome, the one its client saw, and nothing is left", async () => {
  const { ledger, metricsProblems, left, descriptors, bugs, exitCode } = await runMixed({
    calls: 600,
    maxMs: 60_000,
    seed: 1,
  });
  assertEquals(ledger.problems, []);
  assertEquals(ledger.made, ledger.lineCount + ledger.neverArrived);
  assert(ledger.made >= 600);
  assertEquals(metricsProblems, []);
  assertEquals(Object.values(left).filter((count) => count !== 0), []);
  assert(descriptors.after <= descriptors.before);
  assertEquals(bugs, []);
  assertEquals(exitCode, 0);
});
