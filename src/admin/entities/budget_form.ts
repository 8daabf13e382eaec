/** Budgets as the admin API reads and shows them: in the words of the configuration, written as the API writes words. */

import * as z from "zod";
import type { JsonObject } from "../../core/text/json.ts";
import {
  type BudgetAmount,
  budgetBody,
  ownBudgetOption,
} from "../../limits/budgets/budget_options.ts";
import { invalid } from "../api/read_asked.ts";

const { timeZone, ...amount } = ownBudgetOption.shape;

/** Of a key or a team. */
export const givenBudget = z.strictObject({ ...amount, time_zone: timeZone });

export const shownBudget = z.object({
  usd: z.number(),
  period: z.string(),
  time_zone: z.string(),
  mode: z.enum(["hard", "soft"]),
  unpriced: z.enum(["refuse", "allow"]),
});

export type ShownAmount = z.output<typeof shownBudget>;

const scope = z.strictObject({
  kind: z.enum(["key", "team", "provider", "all"]),
  name: z.string().max(200).default("").describe("Of the key, team or provider; `all` has none."),
}).describe("Whose spending is counted.");

export const newBudgetBody = givenBudget.extend({ scope });

/** Without their defaults: what is not named stays as it is. */
export const budgetChangeBody = z.strictObject({
  usd: amount.usd.optional(),
  mode: amount.mode.unwrap().optional(),
  unpriced: amount.unpriced.unwrap().optional(),
});

/** As it lies in the ledger. */
export function budgetOf(
  { time_zone: timeZone, ...rest }: z.output<typeof givenBudget>,
): BudgetAmount {
  return { ...rest, timeZone };
}

export function showBudget({ timeZone, ...rest }: BudgetAmount): ShownAmount {
  return { ...rest, time_zone: timeZone };
}

/** The body of a budget that stands by itself. Throws `invalid_request`. */
export function budgetBodyOf({ scope, ...amount }: z.output<typeof newBudgetBody>): JsonObject {
  const { kind, name } = scope;
  const { data, error } = budgetBody.safeParse({
    scope: kind,
    ...(name !== "" && { name }),
    ...budgetOf(amount),
  });
  if (data !== undefined) return data as JsonObject;
  throw invalid(`The member "scope.name" ${error?.issues[0]?.message}`, "scope.name");
}
