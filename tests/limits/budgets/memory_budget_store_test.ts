/** Counters of budgets in the memory of a process, as one thread and as several see them. */

import { assert, assertEquals } from "@std/assert";
import type { BudgetCounter } from "../../../src/limits/budgets/budget_store.ts";
import {
  createBudgetMemory,
  MemoryBudgetStore,
  spendForThread,
} from "../../../src/limits/budgets/memory/memory_budget_store.ts";
import { counterOf, demandOf, testBudgetStore } from "./budget_store_suite.ts";
import type { Job, Report } from "./budget_worker.ts";

testBudgetStore("MemoryBudgetStore", () =>
  Promise.resolve({
    store: new MemoryBudgetStore(createBudgetMemory(1, [1, 2, 3, 4]), 0),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }));

function openPair() {
  const memory = createBudgetMemory(2, [1, 2, 3, 4]);
  const [left, right] = [new MemoryBudgetStore(memory, 0), new MemoryBudgetStore(memory, 1)];
  return { memory, left, right };
}

Deno.test("What a dead thread had reserved counts as spent, and nobody else's", () => {
  const { memory, left, right } = openPair();
  const [first, second] = [counterOf("first"), counterOf("second")];
  for (const counter of [first, second]) left.raise(counter, 0, 1_000);
  left.reserve([demandOf(first, 100), demandOf(second, 200)]);
  right.reserve([demandOf(first, 30)]);
  assertEquals(spendForThread(memory, 0), 300);
  assertEquals(right.read([first, second]), [
    { spent: 100, reserved: 30, isLoaded: true },
    { spent: 200, reserved: 0, isLoaded: true },
  ]);
  assertEquals(spendForThread(memory, 0), 0);
});

Deno.test("A thread whose clock is behind counts in the period that another has begun", () => {
  const { left, right } = openPair();
  const [today, tomorrow] = [counterOf("a"), counterOf("a", 1)];
  left.raise(today, 900, 1_000);
  assertEquals(left.reserve([demandOf(tomorrow, 800)]).kind, "reserved");
  assertEquals(right.reserve([demandOf(today, 300)]).kind, "refused");
  right.raise(today, 1_000, 1_000);
  assertEquals(left.read([tomorrow]), [{ spent: 0, reserved: 800, isLoaded: true }]);
});

Deno.test("More counters than there is room for are loaded again, and what is reserved stays", () => {
  const { left } = openPair();
  const kept = counterOf("kept");
  left.raise(kept, 0, 1_000);
  const { hold } = left.reserve([demandOf(kept, 100)]);
  const counters = Array.from({ length: 140_000 }, (_, index) => counterOf(`other ${index}`));
  for (const counter of counters) left.raise(counter, 7, 1_000);
  const isLost = (counter: BudgetCounter) => left.lastKnown(counter)?.isLoaded === false;
  assert(counters.some(isLost), "some had to go");
  assertEquals(left.reserve([demandOf(counters.find(isLost)!, 1)]).kind, "unloaded");
  assertEquals(left.lastKnown(kept), { spent: 0, reserved: 100, isLoaded: true });
  left.settle(hold, [{ counter: kept, micros: 40, budgetMicros: 1_000 }]);
  assertEquals(left.lastKnown(kept), { spent: 40, reserved: 0, isLoaded: true });
});

function nextReport(worker: Worker): Promise<Report> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
}

Deno.test("Two threads spend a budget to the last micro-dollar, and not one more", async () => {
  const memory = createBudgetMemory(2, [1, 2, 3, 4]);
  const counter = counterOf("shared");
  new MemoryBudgetStore(memory, 0).raise(counter, 0, 10_000_000);
  const workers = [0, 1].map((thread) => {
    const url = new URL("./budget_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module" });
    const job: Job = {
      memory,
      thread,
      counter,
      limitMicros: 10_000_000,
      micros: 50,
      calls: 400_000,
    };
    const report = nextReport(worker);
    worker.postMessage(job);
    return { worker, report };
  });
  const reports = await Promise.all(workers.map(({ report }) => report));
  for (const { worker } of workers) worker.terminate();
  const spent = reports.reduce((sum, report) => sum + report.spentMicros, 0);
  assertEquals(new MemoryBudgetStore(memory, 0).read([counter]), [
    { spent, reserved: 0, isLoaded: true },
  ]);
  assertEquals(spent, 10_000_000);
  for (const { overMicros } of reports) assertEquals(overMicros, 0);
});
