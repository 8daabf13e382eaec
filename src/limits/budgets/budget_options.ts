/**
 * How budgets are written: in the configuration, with keys and teams, and as entities that are made at run time.
 *
 * @module
 */

import * as z from "zod";
import type { SpendScope } from "../../core/ledger/ledger_store.ts";
import { isTimeZone, PERIODS } from "./periods.ts";

const MAX_BUDGETS = 10_000;
const MAX_USD = 1_000_000_000;

const amount = {
  usd: z.number().min(0).max(MAX_USD).describe("US dollars that may be spent in one period."),
  period: z.enum(PERIODS).describe(
    "`day`, `week` (from Monday), `month` or `ever`; at its end the budget begins anew.",
  ),
  timeZone: z.string().max(64).refine(
    isTimeZone,
    "must be a time zone such as Europe/Berlin or UTC",
  ).default("UTC").describe("Time zone in which days begin."),
  mode: z.enum(["hard", "soft"]).default("hard").describe(
    "`hard` refuses what the budget has no room for; `soft` only tells of it.",
  ),
  unpriced: z.enum(["refuse", "allow"]).default("refuse").describe(
    "What a hard budget does with models whose price nobody knows; `allow` does not count them.",
  ),
};

/** Of a key or a team. */
export const ownBudgetOption = z.strictObject(amount);

export type BudgetAmount = z.output<typeof ownBudgetOption>;

const name = z.string().min(1).max(200);

/** What the ledger keeps of a budget that was made at run time, and what the configuration lists. */
export const budgetBody = z.strictObject({
  scope: z.enum(["key", "team", "provider", "all"]).describe("Whose spending is counted."),
  name: name.optional().describe("Name of the key, team or provider; `all` has none."),
  ...amount,
}).superRefine(({ scope, name }, { addIssue }) => {
  const message = nameProblem(scope, name);
  if (message !== undefined) addIssue({ code: "custom", path: ["name"], message });
});

export type ScopedBudget = z.output<typeof budgetBody>;

/** What the ledger keeps of a team. */
export const teamBody = z.strictObject({
  name,
  description: z.string().max(1_000).optional().describe("What it is for."),
  budget: ownBudgetOption.optional().describe("What all of its keys may spend together."),
  createdMs: z.int().min(0).optional(),
});

export const budgetListOptions = z.array(budgetBody).max(MAX_BUDGETS).default([]).superRefine(
  checkUnique,
).describe("Budgets in US dollars: of a key, a team, a provider or all together.");

function nameProblem(scope: SpendScope["kind"], name: string | undefined): string | undefined {
  if (scope === "all") {
    return name === undefined ? undefined : "is not for the scope all; take it out";
  }
  return name === undefined ? `must be the name of the ${scope} that the budget is for` : undefined;
}

function checkUnique(budgets: readonly ScopedBudget[], { addIssue }: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, budget] of budgets.entries()) {
    const id = listedId(budget);
    if (seen.has(id)) {
      const message = `is a second ${budget.mode} budget of the same scope for the same period`;
      addIssue({ code: "custom", path: [index, "period"], message });
    }
    seen.add(id);
  }
}

/** The name of a budget of the list: another amount is the same budget. */
export function listedId({ scope, name, period, mode }: ScopedBudget): string {
  return [scope, ...(name === undefined ? [] : [name]), period, ...(mode === "soft" ? [mode] : [])]
    .join(":");
}
