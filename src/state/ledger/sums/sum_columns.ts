/** Sums as databases have them. */

import type { Row } from "../row.ts";
import type { UsageSums } from "../../../core/ledger/ledger_store.ts";

export const SUM_COLUMNS = [
  "calls",
  "failed",
  "input_tokens",
  "output_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "cost_usd",
  "unpriced",
  "estimated",
] as const;

/** In the order of the columns. */
export function valuesOfSums(sums: UsageSums): number[] {
  return [
    sums.calls,
    sums.failed,
    sums.inputTokens,
    sums.outputTokens,
    sums.cachedTokens,
    sums.reasoningTokens,
    sums.costUsd,
    sums.unpriced,
    sums.estimated,
  ];
}

export function sumsOfRow(row: Row): UsageSums {
  return {
    calls: Number(row["calls"]),
    failed: Number(row["failed"]),
    inputTokens: Number(row["input_tokens"]),
    outputTokens: Number(row["output_tokens"]),
    cachedTokens: Number(row["cached_tokens"]),
    reasoningTokens: Number(row["reasoning_tokens"]),
    costUsd: Number(row["cost_usd"]),
    unpriced: Number(row["unpriced"]),
    estimated: Number(row["estimated"]),
  };
}
