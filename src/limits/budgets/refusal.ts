/** What a call is told that a budget has no room for. */

import { GatewayError } from "../../core/gateway_error.ts";
import { type Budget, renewalOf } from "./budget.ts";
import {
  type BudgetCounter,
  type BudgetDemand,
  type CounterState,
  isMet,
  MICROS_PER_USD,
} from "./budget_store.ts";

/** Who waits longer for a renewal is better told when it is. */
const MAX_WAIT_MS = 60_000;
/** Until calls that run now have ended, or some of them. */
const RUNNING_WAIT_MS = 1_000;

/** One budget that refuses. */
interface Refusing {
  readonly budget: Budget;
  readonly demand: BudgetDemand;
  readonly state: CounterState;
}

/** The error of the budget that says most: of one that is spent, and of a caller's own before a provider's. */
export function refusalOf(
  budgets: readonly Budget[],
  demands: readonly BudgetDemand[],
  states: readonly CounterState[],
  epochMs: number,
): GatewayError {
  const refusing = budgets.flatMap((budget, index): Refusing[] => {
    const [demand, state] = [demands[index], states[index]];
    if (demand === undefined || state === undefined) return [];
    return isMet(demand, state) ? [] : [{ budget, demand, state }];
  });
  const [first] = refusing.toSorted((left, right) => rankOf(left) - rankOf(right));
  if (first === undefined) throw new Error("No budget refuses what was refused");
  return isPassing(first) ? reserved(first) : spent(first, epochMs);
}

/** Nobody knows what a call may cost, and a hard budget is to know. */
export function unpricedRefusal(budget: Budget, model: string): GatewayError {
  const what = model === "" ? "a request without a model" : `the model "${model.slice(0, 200)}"`;
  return new GatewayError(
    "budget_exceeded",
    `Nobody knows what ${what} costs, and ${nameOf(budget)} is for what has a price; ask for ` +
      `another model, or set its price or "unpriced": "allow" in the configuration`,
    { code: "unpriced_model", param: "model", shouldRetry: false },
  );
}

function rankOf(refusing: Refusing): number {
  return (refusing.budget.scope.kind === "provider" ? 2 : 0) + (isPassing(refusing) ? 1 : 0);
}

/** There will be room, should the calls that run now spend nothing. */
function isPassing({ demand, state }: Refusing): boolean {
  return state.spent + demand.micros <= demand.limitMicros;
}

function reserved({ budget, state }: Refusing): GatewayError {
  return new GatewayError(
    "budget_exceeded",
    `Calls that run now may spend what is left of ${nameOf(budget)} (${spentOf(budget, state)}); ` +
      "try again when some have ended",
    {
      status: 429,
      type: "rate_limit_error",
      code: budget.scope.kind === "provider" ? "provider_budget_exceeded" : "budget_reserved",
      retryAfterMs: RUNNING_WAIT_MS,
    },
  );
}

function spent({ budget, demand, state }: Refusing, epochMs: number): GatewayError {
  const { counter, micros, limitMicros } = demand;
  const isSpent = state.spent >= limitMicros;
  const what = isSpent
    ? `${upperFirst(nameOf(budget))} is spent (${spentOf(budget, state)})`
    : `The call may cost ${dollars(micros)} dollars, which is more than is left of ` +
      `${nameOf(budget)} (${spentOf(budget, state)})`;
  const advice = isSpent ? "" : "lower its max_tokens, or ";
  const waitMs = counter.endMs - epochMs;
  return new GatewayError("budget_exceeded", `${what}; ${advice}${renewalSentence(counter)}`, {
    code: budget.scope.kind === "provider" ? "provider_budget_exceeded" : "budget_exceeded",
    shouldRetry: false,
    ...(counter.endMs !== Infinity && { renewsAtMs: counter.endMs }),
    ...(waitMs <= MAX_WAIT_MS && { retryAfterMs: Math.max(1, waitMs) }),
  });
}

function nameOf({ id, holder }: Budget): string {
  return `the budget "${id}" of ${holder}`;
}

function spentOf({ amount: { period, usd } }: Budget, { spent }: CounterState): string {
  const span = period === "ever" ? "" : ` this ${period}`;
  return `${dollars(spent)} of ${usd} dollars${span}`;
}

function renewalSentence(counter: BudgetCounter): string {
  const renewal = renewalOf(counter);
  return renewal === null ? "ask for a larger budget" : `it renews at ${renewal}`;
}

/** Two digits, and more of small amounts. */
function dollars(micros: number): string {
  const usd = micros / MICROS_PER_USD;
  return usd >= 1 ? usd.toFixed(2) : String(usd);
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
