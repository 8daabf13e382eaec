/**
 * Has counters know what was spent before they counted: at the start, when a budget is made or put back, when a
 * counter was lost, and from time to time, because others may write to the same ledger.
 *
 * Calls wait for it, up to a bound. Where the ledger is away that is said, and budgets go on from what their
 * counters know.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { LedgerStore } from "../../core/ledger/ledger_store.ts";
import type { Budget } from "./budget.ts";
import { type BudgetCounter, type BudgetStore, MICROS_PER_USD } from "./budget_store.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

/** What a call waits for the ledger at the most. */
const MAX_WAIT_MS = 1_000;
/** For so long nobody waits for a ledger that has just failed. */
const AWAY_MS = 5_000;
/** Between looks at what others have spent. */
const REFRESH_MS = 30_000;
/** Budgets that are asked for at once. */
const MAX_ASKED = 1_000;

type Write = (message: string, fields: Readonly<Record<string, string | number>>) => void;

export interface LoadLog {
  readonly info: Write;
  readonly warn: Write;
}

export interface LoaderParts {
  readonly store: BudgetStore;
  readonly ledger: Pick<LedgerStore, "spentSince">;
  readonly clock: Clock;
  readonly log: LoadLog;
  /** A level of a budget was reached by what others have spent. */
  readonly reached: (budget: Budget, counter: BudgetCounter, percent: number) => void;
}

interface Wanted {
  readonly budget: Budget;
  readonly counter: BudgetCounter;
  readonly loaded: () => void;
}

export class BudgetLoader {
  readonly #parts: LoaderParts;
  /** By counters that are not loaded yet. */
  readonly #loading = new Map<BudgetCounter, Promise<void>>();
  #wanted: Wanted[] = [];
  /** Names of counters that were not counting until now. */
  readonly #due = new Set<string>();
  /** Used since the last look. */
  readonly #used = new Set<Budget>();
  #awayUntilMs = -Infinity;
  #isAway = false;
  #cancelRefresh: CancelTimer | undefined;
  #isClosed = false;

  constructor(parts: LoaderParts) {
    this.#parts = parts;
  }

  /** Which budgets are in force, and were in force before. */
  inForce(budgets: readonly Budget[], before: readonly Budget[]): void {
    const counted = new Set(before.map(({ counterName }) => counterName));
    const names = new Set(budgets.map(({ counterName }) => counterName));
    for (const name of names.difference(counted)) this.#due.add(name);
    for (const name of this.#due.difference(names)) this.#due.delete(name);
  }

  /** What calls wait for that these budgets judge; `undefined` where they need not. */
  ready(budgets: readonly Budget[]): Promise<void> | undefined {
    for (const budget of budgets) this.#used.add(budget);
    if (!this.#isClosed) this.#cancelRefresh ??= this.#refreshLater();
    if (this.#due.size === 0) return undefined;
    const due = budgets.filter(({ counterName }) => this.#due.has(counterName));
    return due.length === 0 ? undefined : this.load(due);
  }

  /** Resolves once they are loaded, or cannot be in time. */
  load(budgets: readonly Budget[]): Promise<void> {
    const { clock } = this.#parts;
    if (clock.nowMs() < this.#awayUntilMs) return Promise.resolve();
    const loads = budgets.map((budget) => this.#load(budget));
    return new Promise((resolve) => {
      const cancelTimer = clock.schedule(MAX_WAIT_MS, () => {
        this.#fail(new Error(`No answer within ${MAX_WAIT_MS} ms`));
        resolve();
      });
      Promise.all(loads).then(() => {
        cancelTimer();
        resolve();
      });
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRefresh?.();
  }

  #load(budget: Budget): Promise<void> {
    const counter = budget.counterAt(this.#parts.clock.epochMs());
    const loading = this.#loading.get(counter);
    if (loading !== undefined) return loading;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#loading.set(counter, promise);
    // Those that are wanted in the same moment are asked for together.
    if (this.#wanted.length === 0) queueMicrotask(() => void this.#ask());
    this.#wanted.push({ budget, counter, loaded: resolve });
    return promise;
  }

  async #ask(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = [];
    for (let from = 0; from < wanted.length; from += MAX_ASKED) {
      const asked = wanted.slice(from, from + MAX_ASKED);
      try {
        await this.#raise(asked);
        this.#succeed();
      } catch (thrown) {
        this.#fail(thrown);
      }
      for (const { counter, loaded } of asked) {
        this.#loading.delete(counter);
        loaded();
      }
    }
  }

  /** Rejects where the ledger does not answer. */
  async #raise(asked: readonly Omit<Wanted, "loaded">[]): Promise<void> {
    const { store, ledger, reached } = this.#parts;
    const sums = await ledger.spentSince(
      asked.map(({ budget: { scope }, counter: { startMs } }) => ({ scope, fromMs: startMs })),
    );
    await Promise.all(asked.map(async ({ budget, counter }, index) => {
      const micros = Math.max(0, Math.round((sums[index] ?? 0) * MICROS_PER_USD));
      const percent = await store.raise(counter, micros, budget.limitMicros);
      this.#due.delete(budget.counterName);
      if (percent > 0) reached(budget, counter, percent);
    }));
  }

  #refreshLater(): CancelTimer {
    return this.#parts.clock.schedule(REFRESH_MS, () => void this.#refresh());
  }

  async #refresh(): Promise<void> {
    const budgets = [...this.#used];
    this.#used.clear();
    await Promise.all(budgets.map((budget) => this.#load(budget)));
    // Until one is used again there is nothing to look at.
    this.#cancelRefresh = this.#used.size === 0 || this.#isClosed
      ? undefined
      : this.#refreshLater();
  }

  #succeed(): void {
    this.#awayUntilMs = -Infinity;
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#parts.log.info("budgets are loaded from the ledger again", {});
  }

  #fail(thrown: unknown): void {
    const { clock, log } = this.#parts;
    this.#awayUntilMs = clock.nowMs() + AWAY_MS;
    if (this.#isAway) return;
    this.#isAway = true;
    log.warn("budgets cannot be loaded from the ledger", {
      cause: thrownMessage(thrown),
      remedy: "until it is back they count only what was spent since they are in force here",
    });
  }
}
