/** How budgets are written, and what is said of those that are written wrongly. */

import { assertEquals } from "@std/assert";
import {
  budgetBody,
  budgetListOptions,
  ownBudgetOption,
  teamBody,
} from "../../../src/limits/budgets/budget_options.ts";

Deno.test("A budget is hard, in UTC, and for what has a price, unless it says otherwise", () => {
  assertEquals(ownBudgetOption.parse({ usd: 5, period: "month" }), {
    usd: 5,
    period: "month",
    timeZone: "UTC",
    mode: "hard",
    unpriced: "refuse",
  });
  const team = { name: "research", budget: { usd: 0.5, period: "ever", mode: "soft" } };
  assertEquals(teamBody.parse(team).budget?.mode, "soft");
  assertEquals(budgetBody.parse({ scope: "all", usd: 1, period: "day" }).name, undefined);
});

const DAY = { usd: 1, period: "day" };

const PROBLEMS: readonly (readonly [budgets: readonly unknown[], path: string, message: RegExp])[] =
  [
    [[{ ...DAY, scope: "key" }], "0.name", /must be the name of the key that the budget is for/],
    [[{ ...DAY, scope: "all", name: "x" }], "0.name", /is not for the scope all; take it out/],
    [[{ ...DAY, scope: "all", timeZone: "Berlin" }], "0.timeZone", /such as Europe\/Berlin/],
    [[{ ...DAY, scope: "all", usd: -1 }], "0.usd", /./],
    [[{ ...DAY, scope: "all", usd: "1" }], "0.usd", /./],
    [[{ ...DAY, scope: "all", period: "year" }], "0.period", /./],
    [[{ ...DAY, scope: "all", limit: 3 }], "0", /limit/],
    [
      [{ ...DAY, scope: "all" }, { ...DAY, scope: "all", usd: 2 }],
      "1.period",
      /a second hard budget of the same scope for the same period/,
    ],
  ];

for (const [budgets, path, message] of PROBLEMS) {
  Deno.test(`A list of budgets is refused at ${path}: ${message.source}`, () => {
    const { error } = budgetListOptions.safeParse(budgets);
    const issues = error?.issues ?? [];
    assertEquals(issues.map((issue) => issue.path.join(".")), [path]);
    assertEquals(issues.map((issue) => message.test(issue.message)), [true]);
  });
}

Deno.test("A soft and a hard budget of one scope and period stand beside each other", () => {
  const both = [{ ...DAY, scope: "all" }, { ...DAY, scope: "all", usd: 0.8, mode: "soft" }];
  assertEquals(budgetListOptions.parse(both).length, 2);
});
