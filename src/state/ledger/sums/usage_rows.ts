/** Puts sums together by the groups that were asked for. */

import type { Writable } from "../../../core/writable.ts";
import {
  LedgerQueryError,
  MAX_USAGE_ROWS,
  type UsageGroup,
  type UsageRow,
  type UsageSums,
} from "../../../core/ledger/ledger_store.ts";
import { type Dimensions, groupValue } from "./dimensions.ts";

export type MutableSums = Writable<UsageSums>;

export function addSums(to: MutableSums, added: UsageSums): void {
  to.calls += added.calls;
  to.failed += added.failed;
  to.inputTokens += added.inputTokens;
  to.outputTokens += added.outputTokens;
  to.cachedTokens += added.cachedTokens;
  to.reasoningTokens += added.reasoningTokens;
  to.costUsd += added.costUsd;
  to.unpriced += added.unpriced;
  to.estimated += added.estimated;
}

/** Less than anything costs: what is left where equal costs were added and taken away. */
const NEARLY_NOTHING_USD = 1e-9;

function isNothing({ calls, costUsd }: UsageSums): boolean {
  return calls === 0 && Math.abs(costUsd) < NEARLY_NOTHING_USD;
}

export class UsageRows {
  readonly #groups: readonly UsageGroup[];
  readonly #rows = new Map<string, { readonly group: readonly string[] } & MutableSums>();

  constructor(groups: readonly UsageGroup[]) {
    this.#groups = groups;
  }

  /** @param time Name of the hour or day, where one of them is asked for. */
  add(time: string, dimensions: Dimensions, sums: UsageSums): void {
    const group = this.#groups.map((each) =>
      each === "hour" || each === "day" ? time : groupValue(dimensions, each)
    );
    const key = JSON.stringify(group);
    const row = this.#rows.get(key);
    if (row !== undefined) return addSums(row, sums);
    if (this.#rows.size >= MAX_USAGE_ROWS) {
      throw new LedgerQueryError(
        `More than ${MAX_USAGE_ROWS} rows; ask for a shorter time or for fewer groups`,
      );
    }
    this.#rows.set(key, { group, ...sums });
  }

  sorted(): readonly UsageRow[] {
    return [...this.#rows.values()].filter((row) => !isNothing(row)).sort((left, right) =>
      compare(left.group, right.group)
    );
  }
}

function compare(left: readonly string[], right: readonly string[]): number {
  for (const [at, text] of left.entries()) {
    const other = right[at] ?? "";
    if (text !== other) return text < other ? -1 : 1;
  }
  return 0;
}

/** The group of time among those asked for; by hours and days at once is by hours. */
export function timeGroupOf(groups: readonly UsageGroup[]): "hour" | "day" | undefined {
  if (groups.includes("hour")) return "hour";
  return groups.includes("day") ? "day" : undefined;
}
