/**
 * Reserves the money of each request to a provider in all budgets that count it, or in none, and settles it by what
 * the request has cost.
 *
 * @module
 */

import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { Cost } from "../../core/ledger/call_record.ts";
import type { AttemptSpending, ReserveAttempt } from "../../core/ledger/spending.ts";
import { type Budget, renewalOf } from "./budget.ts";
import {
  type BudgetCharge,
  type BudgetCounter,
  type BudgetDecision,
  type BudgetDemand,
  type BudgetStore,
  levelOf,
  MICROS_PER_USD,
} from "./budget_store.ts";
import type { BudgetTable } from "./budget_table.ts";
import type { BudgetLoader } from "./load_budgets.ts";
import { refusalOf, unpricedRefusal } from "./refusal.ts";

/** Tells of soft budgets that are half spent, or more. */
const BUDGET_HEADER = "x-weir-budget";

/** Of what nobody knows the price of, so that a budget that is spent refuses it as well. */
const UNPRICED_MICROS = 1;
/** Far above what a call may cost, and far below what counters can hold. */
const MAX_MICROS = 1e12;

export interface ReserveParts {
  readonly store: BudgetStore;
  readonly table: () => BudgetTable;
  readonly loader: BudgetLoader;
  readonly clock: Clock;
  readonly reached: (budget: Budget, counter: BudgetCounter, percent: number) => void;
  /** A request has ended whose cost is an estimate, or not known, and counts by what was reserved for it. */
  readonly estimated: (budget: Budget, counter: BudgetCounter, cost: Cost) => void;
}

export function createReserveAttempt(parts: ReserveParts): ReserveAttempt {
  const { table } = parts;
  return (call, target) => {
    const budgets = table().of(call.principal, target.provider.name);
    if (budgets.length === 0) return undefined;
    return (maxUsd) => reserve(parts, budgets, call, maxUsd);
  };
}

function reserve(
  parts: ReserveParts,
  budgets: readonly Budget[],
  call: Call,
  maxUsd: number | null,
): AttemptSpending | Promise<AttemptSpending> {
  const { store, clock, loader } = parts;
  const strict = maxUsd === null ? budgets.find(refusesUnpriced) : undefined;
  if (strict !== undefined) throw unpricedRefusal(strict, call.model);
  const micros = maxUsd === null
    ? UNPRICED_MICROS
    : Math.min(MAX_MICROS, Math.ceil(maxUsd * MICROS_PER_USD));
  const demandsNow = (): BudgetDemand[] => {
    const epochMs = clock.epochMs();
    return budgets.map((budget) => ({
      counter: budget.counterAt(epochMs),
      micros,
      limitMicros: budget.isHard ? budget.limitMicros : Infinity,
    }));
  };
  const judged = (decision: BudgetDecision): AttemptSpending => {
    const { kind, hold, states } = decision;
    if (kind !== "reserved") throw refusalOf(budgets, hold.demands, states, clock.epochMs());
    tellSoft(call, budgets, decision);
    return { settle: once((cost) => settle(parts, budgets, decision, maxUsd, cost)) };
  };
  const loaded = (decision: BudgetDecision): AttemptSpending | Promise<AttemptSpending> => {
    if (decision.kind !== "unloaded") return judged(decision);
    const lacking = budgets.filter((_, index) => decision.states[index]?.isLoaded !== true);
    return loader.load(lacking).then(() => store.reserve(demandsNow(), true)).then(judged);
  };
  const ready = loader.ready(budgets);
  const decision = ready === undefined
    ? store.reserve(demandsNow())
    : ready.then(() => store.reserve(demandsNow()));
  return decision instanceof Promise ? decision.then(loaded) : loaded(decision);
}

function refusesUnpriced({ isHard, amount }: Budget): boolean {
  return isHard && amount.unpriced === "refuse";
}

function settle(
  parts: ReserveParts,
  budgets: readonly Budget[],
  { hold }: BudgetDecision,
  maxUsd: number | null,
  cost: Cost,
): void {
  const { store, clock, reached, estimated } = parts;
  const epochMs = clock.epochMs();
  // What nobody knows counts by its estimate, and where there was none, not at all.
  const usd = cost.usd ?? maxUsd ?? 0;
  const charges = budgets.map((budget): BudgetCharge => ({
    counter: budget.counterAt(epochMs),
    micros: Math.min(MAX_MICROS, budget.toMicros(usd)),
    budgetMicros: budget.limitMicros,
  }));
  if (cost.usd === null || cost.isEstimated) {
    for (const [index, budget] of budgets.entries()) {
      const counter = charges[index]?.counter;
      if (counter !== undefined) estimated(budget, counter, cost);
    }
  }
  const tell = (levels: readonly number[]): void => {
    for (const [index, budget] of budgets.entries()) {
      const [percent = 0, charge] = [levels[index], charges[index]];
      if (percent > 0 && charge !== undefined) reached(budget, charge.counter, percent);
    }
  };
  const settled = store.settle(hold, charges);
  if (settled instanceof Promise) settled.then(tell);
  else tell(settled);
}

/** An answer to a call of several requests says what was so at the last of them. */
function tellSoft(
  { trace }: Call,
  budgets: readonly Budget[],
  { states, hold }: BudgetDecision,
): void {
  const told = budgets.flatMap((budget, index) => {
    const [state, demand] = [states[index], hold.demands[index]];
    if (budget.isHard || state === undefined || demand === undefined) return [];
    if (levelOf(state.spent, budget.limitMicros) === 0) return [];
    const { id, amount: { usd } } = budget;
    const renewal = renewalOf(demand.counter);
    const renews = renewal === null ? "" : `;renews="${renewal}"`;
    return [
      `"${nameable(id)}";spent=${(state.spent / MICROS_PER_USD).toFixed(2)};usd=${usd}${renews}`,
    ];
  });
  if (told.length === 0) return;
  const others = (trace.headers ?? []).filter(([name]) => name !== BUDGET_HEADER);
  trace.headers = [...others, [BUDGET_HEADER, told.join(", ")]];
}

/** What a header's text may hold. */
function nameable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]|["\\]/g, "?");
}

function once(settle: (cost: Cost) => void): (cost: Cost) => void {
  let isSettled = false;
  return (cost) => {
    if (isSettled) return;
    isSettled = true;
    settle(cost);
  };
}
