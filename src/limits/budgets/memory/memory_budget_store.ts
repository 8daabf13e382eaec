/**
 * Counters of budgets in memory that all threads of a process share, exact across them.
 *
 * @module
 */

import { type Hash, type HashSecret, keyedHash } from "../../memory/keyed_hash.ts";
import { LOCK_WORDS, SharedLock } from "../../memory/shared_lock.ts";
import {
  type BudgetCharge,
  type BudgetCounter,
  type BudgetDecision,
  type BudgetDemand,
  type BudgetHold,
  type BudgetStore,
  type CounterState,
  isMet,
  levelOf,
  refuseFraction,
} from "../budget_store.ts";
import { CounterTable, USER_WORDS } from "./counter_table.ts";

/** The words that the table leaves to its user. */
const LOCK = 0;
const SECRET = LOCK + LOCK_WORDS;
const THREADS = SECRET + 4;

/** Entries that are looked at under one holding of the lock. */
const ENTRIES_AT_ONCE = 1_024;

/** The system gives of it what is touched. `secret` is to be random, and not known outside. */
export function createBudgetMemory(threads: number, secret: HashSecret): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(CounterTable.bytesFor(threads));
  const words = new Int32Array(memory, 0, USER_WORDS);
  words.set(secret, SECRET);
  words[THREADS] = threads;
  return memory;
}

/**
 * What a dead thread had reserved counts as spent, since its requests had been sent and nobody will hear what they
 * cost; returns how many micro-dollars that was.
 */
export function spendForThread(memory: SharedArrayBuffer, thread: number): number {
  const words = new Int32Array(memory, 0, USER_WORDS);
  const lock = new SharedLock(words, LOCK);
  const table = new CounterTable(memory, words[THREADS] ?? 1);
  let sum = 0;
  for (let first = 0; first < table.capacity; first += ENTRIES_AT_ONCE) {
    lock.acquire();
    try {
      sum += table.spendReserved(thread, first, ENTRIES_AT_ONCE);
    } finally {
      lock.release();
    }
  }
  return sum;
}

/**
 * The store on such memory; every thread has its own.
 *
 * A counter is known by 64 bits of a keyed hash of its name. Whoever held the lock and died has left one amount at
 * the most half-written.
 */
export class MemoryBudgetStore implements BudgetStore {
  readonly #lock: SharedLock;
  readonly #table: CounterTable;
  readonly #thread: number;
  readonly #secret: HashSecret;
  readonly #hashes = new WeakMap<BudgetCounter, Hash>();

  /** @param thread Its number, from 0. */
  constructor(memory: SharedArrayBuffer, thread: number) {
    const words = new Int32Array(memory, 0, USER_WORDS);
    const [first = 0, second = 0, third = 0, fourth = 0] = words.subarray(SECRET);
    this.#secret = [first, second, third, fourth];
    this.#lock = new SharedLock(words, LOCK);
    this.#table = new CounterTable(memory, words[THREADS] ?? 1);
    this.#thread = thread;
  }

  reserve(demands: readonly BudgetDemand[], mayBeUnloaded = false): BudgetDecision {
    for (const { micros } of demands) refuseFraction(micros);
    const hold: BudgetHold = { demands, ticket: undefined };
    return this.#locked((table) => {
      const entries = demands.map(({ counter }) => this.#enter(counter));
      const areLoaded = mayBeUnloaded || entries.every((entry) => table.isLoaded(entry));
      const areMet = demands.every((demand, index) =>
        isMet(demand, this.#stateOf(entries[index] ?? 0))
      );
      if (areLoaded && areMet) {
        for (const [index, { micros }] of demands.entries()) {
          table.reserve(entries[index] ?? 0, this.#thread, micros);
        }
      }
      const states = entries.map((entry) => this.#stateOf(entry));
      const kind = !areLoaded ? "unloaded" : areMet ? "reserved" : "refused";
      return { kind, states, hold };
    });
  }

  settle({ demands }: BudgetHold, charges: readonly BudgetCharge[]): readonly number[] {
    for (const { micros } of charges) refuseFraction(micros);
    return this.#locked((table) =>
      charges.map(({ counter, micros, budgetMicros }, index) => {
        const entry = this.#enter(counter);
        const held = demands[index];
        // With its period, what was reserved in it has gone.
        if (held !== undefined && table.startMs(entry) === held.counter.startMs) {
          table.reserve(entry, this.#thread, -held.micros);
        }
        table.spend(entry, micros);
        return this.#tell(entry, budgetMicros);
      })
    );
  }

  raise(counter: BudgetCounter, atLeastMicros: number, budgetMicros: number): number {
    refuseFraction(atLeastMicros);
    return this.#locked((table) => {
      const entry = this.#enter(counter);
      const isNews = table.isLoaded(entry);
      table.setLoaded(entry);
      // What is of another period by now says nothing.
      if (table.startMs(entry) !== counter.startMs) return 0;
      table.spend(entry, Math.max(0, atLeastMicros - table.spent(entry)));
      const level = this.#tell(entry, budgetMicros);
      return isNews ? level : 0;
    });
  }

  read(counters: readonly BudgetCounter[]): readonly CounterState[] {
    return this.#locked(() => counters.map((counter) => this.#stateOf(this.#enter(counter))));
  }

  lastKnown(counter: BudgetCounter): CounterState | undefined {
    return this.read([counter])[0];
  }

  #enter(counter: BudgetCounter): number {
    let hash = this.#hashes.get(counter);
    if (hash === undefined) {
      hash = keyedHash(counter.name, this.#secret);
      this.#hashes.set(counter, hash);
    }
    return this.#table.enter(hash, counter.startMs);
  }

  #stateOf(entry: number): CounterState {
    return {
      spent: this.#table.spent(entry),
      reserved: this.#table.reserved(entry),
      isLoaded: this.#table.isLoaded(entry),
    };
  }

  /** The level that is reached and was not told yet. */
  #tell(entry: number, budgetMicros: number): number {
    const level = levelOf(this.#table.spent(entry), budgetMicros);
    const told = this.#table.told(entry);
    if (level !== told) this.#table.setTold(entry, level);
    return level > told ? level : 0;
  }

  #locked<Result>(run: (table: CounterTable) => Result): Result {
    this.#lock.acquire();
    try {
      return run(this.#table);
    } finally {
      this.#lock.release();
    }
  }
}
