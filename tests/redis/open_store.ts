/**
 * A gateway's limits in the test's own process.
 *
 * @module
 */

import { realClock } from "../support/real_clock.ts";
import type { Clock, Random } from "../../src/core/clock.ts";
import { createLimitStore } from "../../src/limits/create_limit_store.ts";
import type {
  LimitDecision,
  LimitDemand,
  LimitRule,
  LimitStore,
} from "../../src/limits/limit_store.ts";
import type { BudgetStore } from "../../src/limits/budgets/budget_store.ts";
import {
  createBudgetMemory,
  MemoryBudgetStore,
} from "../../src/limits/budgets/memory/memory_budget_store.ts";
import { createLimitMemory, MemoryLimitStore } from "../../src/limits/memory/memory_limit_store.ts";

/** So slow that nothing comes back while a test runs. */
export const RULE: LimitRule = { name: "all", limit: 100, windowMs: 86_400_000 };
/** No machine is so slow that this passes by itself. */
export const PATIENT_MS = 10_000;

/** The library leaves the timer of a call that failed to run out: for a test that ends before it has. */
export const LEAVES_TIMERS = { sanitizeOps: false, sanitizeResources: false } as const;

/** Lines of the log, and a wait for the next one. */
export class Lines {
  readonly all: string[] = [];
  #wake = (): void => {};

  readonly write = (message: string, fields: Readonly<Record<string, unknown>>): void => {
    this.all.push(`${message} ${JSON.stringify(fields)}`);
    this.#wake();
  };

  /** Resolves when there are `count` lines that hold a text; rejects when that takes too long. */
  async written(text: string, count = 1): Promise<string> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, PATIENT_MS);
    try {
      while (true) {
        const line = this.all.filter((line) => line.includes(text))[count - 1];
        if (line !== undefined) return line;
        if (isLate) throw new Error(`Not written: "${text}", but:\n${this.all.join("\n")}`);
        await new Promise<void>((resolve) => this.#wake = resolve);
      }
    } finally {
      clearTimeout(timer);
    }
  }
}

export interface StoreOptions {
  readonly timeoutMs?: number;
  readonly share?: number;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** `using` closes it with the test. */
export interface OpenStore extends Disposable {
  readonly store: LimitStore;
  readonly budgets: BudgetStore;
  /** What an operator reads. */
  readonly lines: Lines;
  readonly debugLines: Lines;
  readonly take: (cost?: number, key?: string, rule?: LimitRule) => Promise<LimitDecision>;
  /** How many of so many, all at once, are allowed. */
  readonly burst: (count: number, demands: readonly LimitDemand[]) => Promise<number>;
  /** Whether Redis is asked. */
  readonly isShared: () => boolean;
}

export function openStore(url: string, options: StoreOptions = {}): OpenStore {
  const { timeoutMs = PATIENT_MS, share = 0.5, clock = realClock, random = Math.random } = options;
  const lines = new Lines();
  const debugLines = new Lines();
  const own = {
    limits: new MemoryLimitStore(createLimitMemory(1_000, [1, 2, 3, 4]), realClock),
    budgets: new MemoryBudgetStore(createBudgetMemory(1, [1, 2, 3, 4]), 0),
  };
  const { limits: store, budgets, close } = createLimitStore(
    { store: url, redisTimeoutMs: timeoutMs, redisFallbackShare: share },
    own,
    {
      clock,
      random,
      makeId: () => crypto.randomUUID(),
      log: { info: lines.write, warn: lines.write, debug: debugLines.write },
    },
  );
  return {
    store,
    budgets,
    lines,
    debugLines,
    take: async (cost = 1, key = "a", rule = RULE) => await store.take([{ rule, key, cost }]),
    burst: async (count, demands) => {
      const decisions = await Promise.all(
        Array.from({ length: count }, () => store.take(demands)),
      );
      return decisions.filter(({ isAllowed }) => isAllowed).length;
    },
    isShared: () => store.take([{ rule: RULE, key: "nobody", cost: 0 }]) instanceof Promise,
    [Symbol.dispose]: close,
  };
}

export function remainingOf({ states: [state] }: LimitDecision): number | undefined {
  return state?.remaining;
}
