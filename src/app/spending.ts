/** What requests to providers need so that their money is counted. */

import type { Spending } from "../core/ledger/spending.ts";
import { PackagePrices } from "../ledger/prices/package_prices.ts";
import { PriceBook } from "../ledger/prices/price_book.ts";
import { estimateCall } from "../limits/estimate_tokens.ts";
import type { RedactedParts } from "./app_parts.ts";
import type { Budgets } from "./budgets.ts";

export function createPrices(
  { config: { prices }, runtime: { clock, readFile, log } }: RedactedParts,
): PriceBook {
  return new PriceBook({
    options: prices,
    clock,
    readFile,
    loadPackage: PackagePrices.load,
    warn: (problem) => log.warn("prices not read", { reason: problem }),
  });
}

export function createSpending(
  { config: { limits } }: RedactedParts,
  prices: PriceBook,
  { reserve }: Pick<Budgets, "reserve">,
): Spending {
  return {
    prices,
    reserve,
    estimate: (call) => estimateCall(call, limits.assumedAnswerTokens),
  };
}
