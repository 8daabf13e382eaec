/** A thread that spends a budget as fast as it can, with two calls under way at any time. */

import type { BudgetCounter, BudgetHold } from "../../../src/limits/budgets/budget_store.ts";
import { MemoryBudgetStore } from "../../../src/limits/budgets/memory/memory_budget_store.ts";

export interface Job {
  readonly memory: SharedArrayBuffer;
  readonly thread: number;
  readonly counter: BudgetCounter;
  readonly limitMicros: number;
  /** That each call costs, and half of what it reserves. */
  readonly micros: number;
  readonly calls: number;
}

export interface Report {
  readonly spentMicros: number;
  /** The most by which the budget was seen to be overspent. */
  readonly overMicros: number;
}

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: (event: MessageEvent<Job>) => void;
  postMessage(report: Report): void;
}
const scope = globalThis as unknown as WorkerScope;

scope.onmessage = ({ data: { memory, thread, counter, limitMicros, micros, calls } }) => {
  const store = new MemoryBudgetStore(memory, thread);
  const running: BudgetHold[] = [];
  let spentMicros = 0;
  let overMicros = 0;
  const settle = (): void => {
    const hold = running.shift();
    if (hold === undefined) return;
    store.settle(hold, [{ counter, micros, budgetMicros: limitMicros }]);
    spentMicros += micros;
  };
  for (let call = 0; call < calls; call++) {
    const isLast = spentMicros * 3 > limitMicros;
    const reserved = isLast ? micros : 2 * micros;
    const { kind, hold, states } = store.reserve([{ counter, micros: reserved, limitMicros }]);
    const [{ spent, reserved: all } = { spent: 0, reserved: 0 }] = states;
    overMicros = Math.max(overMicros, spent + all - limitMicros);
    if (kind === "reserved") running.push(hold);
    if (kind === "refused" || running.length > 2) settle();
  }
  while (running.length > 0) settle();
  scope.postMessage({ spentMicros, overMicros });
};
