/**
 * Counters of budgets that several machines share through Redis.
 *
 * While Redis is away each process grants a share of what it last knew to be left, and counts that in its own
 * memory; what was spent so is told to Redis with the next call that asks it.
 *
 * @module
 */

import type { Clock, MakeId } from "../../../core/clock.ts";
import { readNumbers } from "../../redis/redis_limit_script.ts";
import type { RedisLink } from "../../redis/redis_link.ts";
import {
  type BudgetCharge,
  type BudgetCounter,
  type BudgetDecision,
  type BudgetDemand,
  type BudgetHold,
  type BudgetStore,
  type CounterState,
  refuseFraction,
} from "../budget_store.ts";
import {
  BUDGET_SCRIPT,
  raiseCall,
  readCall,
  readStates,
  reserveCall,
  type SettleCall,
  settleCall,
} from "./redis_budget_script.ts";

/** Counters that are remembered; of others Redis has to be asked. */
const MAX_REMEMBERED = 131_072;
/** Beyond them, what was reserved counts as spent once Redis has kept it for long enough. */
const MAX_UNSETTLED = 10_000;

const KINDS = ["refused", "reserved", "unloaded"] as const;

interface Remembered {
  readonly startMs: number;
  /** As Redis said it last. */
  state: CounterState;
  /** Spent while Redis was away, and not told to it. */
  owedMicros: number;
}

export interface RedisBudgetParts {
  readonly link: RedisLink;
  /** This process's own, for while Redis is away. */
  readonly ownStore: BudgetStore;
  /** Of what is left, above 0 and up to 1, which a process grants for that time. */
  readonly share: number;
  readonly clock: Clock;
  /** For tickets. */
  readonly makeId: MakeId;
}

export class RedisBudgetStore implements BudgetStore {
  readonly #parts: RedisBudgetParts;
  /** By name, the oldest first. */
  readonly #remembered = new Map<string, Remembered>();
  /** What ended while Redis was away. Never what may have reached it: nothing is settled twice. */
  #unsettled: SettleCall[] = [];

  constructor(parts: RedisBudgetParts) {
    this.#parts = parts;
  }

  reserve(
    demands: readonly BudgetDemand[],
    mayBeUnloaded = false,
  ): BudgetDecision | Promise<BudgetDecision> {
    for (const { micros } of demands) refuseFraction(micros);
    const { link, clock, makeId } = this.#parts;
    const ticket = makeId();
    const owed = demands.map(({ counter }) => this.#remember(counter).owedMicros);
    const answer = link.run(
      reserveCall(ticket, demands, owed, mayBeUnloaded, clock.epochMs()),
      BUDGET_SCRIPT,
    );
    if (answer === undefined) return this.#reserveAlone(demands, mayBeUnloaded);
    this.#settleLate();
    // Said twice would be worse than not at all: what is lost on its way is loaded from the ledger.
    for (const { counter } of demands) this.#remember(counter).owedMicros = 0;
    return answer.then((answer) => {
      const read = readStates(answer, demands.length);
      const kind = read && KINDS[read.outcome];
      if (read === undefined || kind === undefined) {
        return this.#reserveAlone(demands, mayBeUnloaded);
      }
      const { states } = read;
      for (const [index, { counter }] of demands.entries()) this.#note(counter, states[index]);
      return { kind, states, hold: { demands, ticket } };
    });
  }

  settle(
    hold: BudgetHold,
    charges: readonly BudgetCharge[],
  ): readonly number[] | Promise<readonly number[]> {
    const { link, ownStore, clock } = this.#parts;
    if (hold.ticket === undefined) {
      for (const { counter, micros } of charges) this.#remember(counter).owedMicros += micros;
      return ownStore.settle(hold, charges);
    }
    const call = settleCall(hold, charges, clock.epochMs());
    const answer = link.run(call, BUDGET_SCRIPT);
    if (answer === undefined) {
      if (this.#unsettled.length < MAX_UNSETTLED) this.#unsettled.push(call);
      return charges.map(() => 0);
    }
    return answer.then((answer) => {
      const levels = readNumbers(answer, call.keys.length / 2) ?? [];
      return call.places.map((place) => levels[place] ?? 0);
    });
  }

  raise(
    counter: BudgetCounter,
    atLeastMicros: number,
    budgetMicros: number,
  ): number | Promise<number> {
    const { link, ownStore, clock } = this.#parts;
    const call = raiseCall(counter, atLeastMicros, budgetMicros, clock.epochMs());
    const answer = link.run(call, BUDGET_SCRIPT);
    if (answer !== undefined) return answer.then((answer) => readNumbers(answer, 1)?.[0] ?? 0);
    const remembered = this.#remember(counter);
    const { state } = remembered;
    // What is spent meanwhile is not what was spent before.
    if (!state.isLoaded) remembered.state = { ...state, spent: atLeastMicros, isLoaded: true };
    return ownStore.raise(counter, atLeastMicros, budgetMicros);
  }

  read(
    counters: readonly BudgetCounter[],
  ): readonly CounterState[] | Promise<readonly CounterState[]> {
    const { link, ownStore } = this.#parts;
    const answer = counters.length === 0 ? undefined : link.run(readCall(counters), BUDGET_SCRIPT);
    if (answer === undefined) return ownStore.read(counters);
    return answer.then((answer) => {
      const read = readStates(answer, counters.length);
      return read?.states ?? ownStore.read(counters);
    });
  }

  lastKnown(counter: BudgetCounter): CounterState | undefined {
    const known = this.#remembered.get(counter.name);
    return known?.startMs === counter.startMs ? known.state : undefined;
  }

  /** Nobody waits for it, and nobody is told of a level that was crossed long ago. */
  #settleLate(): void {
    const calls = this.#unsettled;
    this.#unsettled = [];
    for (const call of calls) {
      if (this.#parts.link.run(call, BUDGET_SCRIPT) === undefined) this.#unsettled.push(call);
    }
  }

  #reserveAlone(
    demands: readonly BudgetDemand[],
    mayBeUnloaded: boolean,
  ): BudgetDecision | Promise<BudgetDecision> {
    const { ownStore, share } = this.#parts;
    return ownStore.reserve(
      demands.map((demand) => {
        const { state } = this.#remember(demand.counter);
        if (demand.limitMicros === Infinity) return demand;
        // The share is of what was left when Redis was last heard of.
        const gone = state.spent + state.reserved;
        if (state.isLoaded) ownStore.raise(demand.counter, gone, demand.limitMicros);
        const left = Math.max(0, demand.limitMicros - gone);
        return { ...demand, limitMicros: gone + Math.floor(left * share) };
      }),
      mayBeUnloaded,
    );
  }

  #note(counter: BudgetCounter, state: CounterState | undefined): void {
    if (state !== undefined) this.#remember(counter).state = state;
  }

  #remember({ name, startMs }: BudgetCounter): Remembered {
    const known = this.#remembered.get(name);
    if (known !== undefined && known.startMs >= startMs) return known;
    const [oldest] = this.#remembered.keys();
    if (oldest !== undefined && this.#remembered.size >= MAX_REMEMBERED) {
      this.#remembered.delete(oldest);
    }
    const state = { spent: 0, reserved: 0, isLoaded: false };
    const made: Remembered = { startMs, state, owedMicros: 0 };
    this.#remembered.delete(name);
    this.#remembered.set(name, made);
    return made;
  }
}
