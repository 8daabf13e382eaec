/**
 * Where the counters of budgets are kept: in memory that the threads of a process share, or in Redis.
 *
 * Amounts are micro-dollars, as whole numbers. What is reserved was asked for and is not over; it counts as if it
 * was spent until it is settled.
 *
 * @module
 */

export const MICROS_PER_USD = 1_000_000;

/** One budget in one period; one object, made once, because what is derived of it is kept with it. */
export interface BudgetCounter {
  /** The same in every period. */
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly startMs: number;
  /** `Infinity` where it never ends. */
  readonly endMs: number;
}

export interface BudgetDemand {
  readonly counter: BudgetCounter;
  /** The most that it may come to; 0 is always met. */
  readonly micros: number;
  /** `Infinity` where it is only counted. */
  readonly limitMicros: number;
}

export interface CounterState {
  readonly spent: number;
  /** By what runs now. */
  readonly reserved: number;
  /** What was spent before it was counted here has been added. */
  readonly isLoaded: boolean;
}

export interface BudgetDecision {
  /** `unloaded`: nothing was reserved, because some counter is not loaded. */
  readonly kind: "reserved" | "refused" | "unloaded";
  /** In the order of the demands. */
  readonly states: readonly CounterState[];
  /** To be given back with what it came to. */
  readonly hold: BudgetHold;
}

/** What was reserved together. */
export interface BudgetHold {
  readonly demands: readonly BudgetDemand[];
  /** Its name in a store that others share; `undefined` where it lies in the memory of this process. */
  readonly ticket: string | undefined;
}

/** What one demand of a hold came to. */
export interface BudgetCharge {
  /** The period that it ended in, which may be a later one than it was reserved in. */
  readonly counter: BudgetCounter;
  readonly micros: number;
  /** Of the budget, hard or soft. */
  readonly budgetMicros: number;
}

/** Percents of a budget whose first crossing in a period is told. */
export const LEVELS: readonly number[] = [100, 80, 50];

/** The highest level that is reached; 0 where none is. */
export function levelOf(spentMicros: number, budgetMicros: number): number {
  return LEVELS.find((percent) => spentMicros * 100 >= budgetMicros * percent) ?? 0;
}

/** Whether a counter has room for what is to be reserved; for an amount of 0 there always is. */
export function isMet(
  { micros, limitMicros }: Pick<BudgetDemand, "micros" | "limitMicros">,
  { spent, reserved }: Pick<CounterState, "spent" | "reserved">,
): boolean {
  return micros === 0 || spent + reserved + micros <= limitMicros;
}

/** Throws `RangeError`. */
export function refuseFraction(micros: number): void {
  if (Number.isSafeInteger(micros) && micros >= 0) return;
  throw new RangeError(`An amount of ${micros} is no whole number of micro-dollars`);
}

export interface BudgetStore {
  /**
   * Reserves for all demands, or for none. Never rejects: what a lost store means is its own policy.
   *
   * @param mayBeUnloaded Counters that are not loaded are judged by what they know.
   */
  reserve(
    demands: readonly BudgetDemand[],
    mayBeUnloaded?: boolean,
  ): BudgetDecision | Promise<BudgetDecision>;
  /** Of each charge, in the order of the hold's demands, the level that was crossed by it; 0 where none was. */
  settle(
    hold: BudgetHold,
    charges: readonly BudgetCharge[],
  ): readonly number[] | Promise<readonly number[]>;
  /**
   * Has a counter know of what was spent, where it knows of less; it is loaded then. The level that was crossed
   * by it is told where it had been loaded before.
   */
  raise(
    counter: BudgetCounter,
    atLeastMicros: number,
    budgetMicros: number,
  ): number | Promise<number>;
  read(
    counters: readonly BudgetCounter[],
  ): readonly CounterState[] | Promise<readonly CounterState[]>;
  /** What this thread knows without asking anybody; `undefined` where it knows nothing. */
  lastKnown(counter: BudgetCounter): CounterState | undefined;
}
