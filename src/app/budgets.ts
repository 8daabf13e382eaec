/** Budgets, put together from the configuration and from what is made at run time. */

import type { ReserveAttempt } from "../core/ledger/spending.ts";
import { type Budget, type BudgetState, renewalOf } from "../limits/budgets/budget.ts";
import {
  type BudgetCounter,
  type CounterState,
  MICROS_PER_USD,
} from "../limits/budgets/budget_store.ts";
import { BudgetTable } from "../limits/budgets/budget_table.ts";
import { BudgetLoader } from "../limits/budgets/load_budgets.ts";
import { createReserveAttempt } from "../limits/budgets/reserve_attempt.ts";
import type { BudgetReading } from "../observability/metrics/readings.ts";
import type { RedactedParts } from "./app_parts.ts";

export interface Budgets {
  readonly reserve: ReserveAttempt;
  /** Of all budgets that are in force. */
  readonly states: () => Promise<readonly BudgetState[]>;
  /** Calls that run may still settle. */
  readonly close: () => void;
}

/** Budgets that have metrics of their own. */
const MAX_READINGS = 100;
/** Counters that are looked at together; calls wait meanwhile. */
const MAX_READ = 500;

export function createBudgets(parts: RedactedParts): Budgets {
  const { config, shared: { budgets: store, budgetReadings }, runtime } = parts;
  const { clock, log, place: { ledger } } = runtime;
  const tell = createTell(parts);
  const loader = new BudgetLoader({
    store,
    ledger: ledger.store,
    clock,
    log,
    reached: tell.reached,
  });
  const makeTable = (): BudgetTable =>
    new BudgetTable({
      listed: config.budgets,
      keys: config.auth.keys,
      entitiesOf: (kind) => ledger.entities.of(kind),
    });
  let table = makeTable();
  const enter = (before: Pick<BudgetTable, "all" | "unread">): void => {
    loader.inForce(table.all, before.all);
    warnOfUnread(parts, table, before.unread);
    warnOfNameless(parts, table, before.all);
  };
  enter({ all: [], unread: [] });
  const stopListening = ledger.entities.onChange(() => {
    const before = table;
    table = makeTable();
    enter(before);
  });
  budgetReadings.current = () =>
    table.all.slice(0, MAX_READINGS).flatMap((budget): readonly BudgetReading[] => {
      const state = store.lastKnown(budget.counterAt(clock.epochMs()));
      if (state === undefined) return [];
      const { id, scope, amount: { usd } } = budget;
      return [{ id, scope: scope.kind, usd, spentUsd: state.spent / MICROS_PER_USD }];
    });
  return {
    reserve: createReserveAttempt({ store, table: () => table, loader, clock, ...tell }),
    states: async () => {
      const { all } = table;
      await loader.ready(all);
      const states: BudgetState[] = [];
      for (let from = 0; from < all.length; from += MAX_READ) {
        const budgets = all.slice(from, from + MAX_READ);
        const counters = budgets.map((budget) => budget.counterAt(clock.epochMs()));
        const read = await store.read(counters);
        states.push(...budgets.map((each, index) => stateOf(each, counters[index], read[index])));
      }
      return states;
    },
    close: () => {
      stopListening();
      loader.close();
    },
  };
}

/** Who is told what of a budget. */
function createTell({ runtime: { clock, log, place: { ledger } } }: RedactedParts) {
  /** Periods in which that was said. */
  const noted = new WeakSet<BudgetCounter>();
  return {
    reached: (budget: Budget, counter: BudgetCounter, percent: number): void => {
      const { id, scope, amount: { usd, period, mode } } = budget;
      const fields = { budget: id, percent, usd, period, mode };
      log.info("a budget was spent to a part of it", { ...fields, scope: scope.kind });
      ledger.events.publish({
        type: "budget.reached",
        atMs: clock.epochMs(),
        data: { ...fields, scope: { ...scope }, renews_at: renewalOf(counter) },
      });
    },
    estimated: (budget: Budget, counter: BudgetCounter): void => {
      if (noted.has(counter)) return;
      noted.add(counter);
      log.info("a budget counts an estimate, because nobody told what a call has cost", {
        budget: budget.id,
      });
    },
  };
}

/** Each once. */
function warnOfUnread(
  { runtime: { log } }: RedactedParts,
  { unread }: BudgetTable,
  before: readonly string[],
): void {
  for (const id of unread) {
    if (before.includes(id)) continue;
    log.warn("a budget is not in force, because it cannot be read; write it anew", { id });
  }
}

/** A name that is misspelt would let everything be spent in silence. */
function warnOfNameless(
  { providers, runtime: { log } }: RedactedParts,
  { all }: BudgetTable,
  before: readonly Budget[],
): void {
  const names = new Set(providers.map(({ name }) => name));
  const known = new Set(before.map(({ id }) => id));
  for (const { id, scope: { kind, name } } of all) {
    if (kind !== "provider" || names.has(name) || known.has(id)) continue;
    log.warn("a budget counts nothing, because there is no such upstream", { budget: id });
  }
}

function stateOf(
  { id, source, scope, amount }: Budget,
  counter: BudgetCounter | undefined,
  state: CounterState | undefined,
): BudgetState {
  const { usd, period, timeZone, mode, unpriced } = amount;
  const { startMs = 0 } = counter ?? {};
  return {
    id,
    source,
    scope,
    usd,
    period,
    timeZone,
    mode,
    unpriced,
    spent: (state?.spent ?? 0) / MICROS_PER_USD,
    reserved: (state?.reserved ?? 0) / MICROS_PER_USD,
    startedAt: startMs === 0 ? null : new Date(startMs).toISOString(),
    renewsAt: counter === undefined ? null : renewalOf(counter),
  };
}
