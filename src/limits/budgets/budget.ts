/** A budget that is in force. */

import type { SpendScope } from "../../core/ledger/ledger_store.ts";
import type { BudgetAmount } from "./budget_options.ts";
import { type BudgetCounter, MICROS_PER_USD } from "./budget_store.ts";
import { offsetIn, spanAt } from "./periods.ts";

/** Where a budget was written. */
type BudgetSource = "configuration" | "entity";

/** What there is to say of a budget. */
export interface BudgetState extends BudgetAmount {
  readonly id: string;
  readonly source: BudgetSource;
  readonly scope: SpendScope;
  /** US dollars, in the period that is now. */
  readonly spent: number;
  /** By calls that run now. */
  readonly reserved: number;
  /** ISO 8601, UTC; `null` where it counts since ever. */
  readonly startedAt: string | null;
  readonly renewsAt: string | null;
}

export class Budget {
  readonly id: string;
  readonly scope: SpendScope;
  readonly source: BudgetSource;
  readonly amount: BudgetAmount;
  readonly limitMicros: number;
  /** The same as long as what was counted is still counted: another amount changes nothing. */
  readonly counterName: string;
  #counter: BudgetCounter | undefined;
  /** Below a micro-dollar, not counted yet. */
  #restUsd = 0;

  constructor(id: string, scope: SpendScope, source: BudgetSource, amount: BudgetAmount) {
    this.id = id;
    this.scope = scope;
    this.source = source;
    this.amount = amount;
    this.limitMicros = Math.round(amount.usd * MICROS_PER_USD);
    this.counterName = [source, id, amount.period, amount.timeZone].join(":");
  }

  get isHard(): boolean {
    return this.amount.mode === "hard";
  }

  /** Whose it is, in words: `team "research"`. */
  get holder(): string {
    const { kind, name } = this.scope;
    return kind === "all" ? "all calls together" : `${kind} "${name}"`;
  }

  /** @param epochMs `Clock.epochMs`. */
  counterAt(epochMs: number): BudgetCounter {
    const known = this.#counter;
    if (known !== undefined && known.startMs <= epochMs && epochMs < known.endMs) return known;
    const { period, timeZone } = this.amount;
    const span = spanAt(period, offsetIn(timeZone), epochMs);
    return this.#counter = { name: this.counterName, ...span };
  }

  /** Whole micro-dollars of what was spent; a rest is kept until it makes one together with others. */
  toMicros(usd: number): number {
    const exact = (usd + this.#restUsd) * MICROS_PER_USD;
    // What sums up to a whole one may fall short of it by a rounding.
    const micros = Math.max(0, Math.floor(exact + 1e-6));
    this.#restUsd = Math.max(0, exact - micros) / MICROS_PER_USD;
    return micros;
  }
}

/** As people and clients read it; `null` where a budget never begins anew. */
export function renewalOf({ endMs }: BudgetCounter): string | null {
  return endMs === Infinity ? null : new Date(endMs).toISOString().replace(".000Z", "Z");
}
