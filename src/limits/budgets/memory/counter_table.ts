/**
 * A bounded table of the counters of budgets in memory that threads share.
 *
 * A counter lies within `WINDOW` places from where its name's hash says, so that there are no links which a thread
 * that dies could leave broken. What is reserved is written by each thread into a place of its own: so what a dead
 * thread had reserved is known.
 *
 * Where a window is full, a new counter takes the place of one that nothing is reserved of. Nothing is lost by it:
 * what was spent is loaded again.
 *
 * No method waits or allocates; who shares the memory holds a lock around them.
 *
 * @module
 */

import type { Hash } from "../../memory/keyed_hash.ts";

/** The table's own words before the entries, of 32 bits; all are left to its user. */
export const USER_WORDS = 16;

/** A power of two, above the number of keys that may have a budget each. */
const CAPACITY = 131_072;
const WINDOW = 64;

/** Of an entry, in 64-bit numbers; the last ones are what each thread has reserved. */
const HASH = 0; // Two words of 32 bits.
const START_MS = 1;
const SPENT = 2;
const FLAGS = 3; // Two words of 32 bits: flags, and the level that was told.
const RESERVED = 4;

const IS_USED = 1;
const IS_LOADED = 2;

export class CounterTable {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #threads: number;
  readonly #entryNumbers: number;

  static bytesFor(threads: number): number {
    return (USER_WORDS / 2 + CAPACITY * (RESERVED + threads)) * Float64Array.BYTES_PER_ELEMENT;
  }

  /** Memory that is all zero is an empty table. */
  constructor(memory: SharedArrayBuffer, threads: number) {
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#threads = threads;
    this.#entryNumbers = RESERVED + threads;
  }

  get capacity(): number {
    return CAPACITY;
  }

  /** The counter's entry in a period; one that was in an earlier period begins anew. */
  enter(hash: Hash, startMs: number): number {
    const found = this.#find(hash);
    const entry = found ?? this.#makeRoom(hash);
    if (found === undefined) this.#begin(entry, hash, startMs);
    // A thread whose clock is behind counts in the period that another has begun.
    else if (startMs > this.startMs(entry)) this.#renew(entry, startMs);
    return entry;
  }

  startMs(entry: number): number {
    return this.#number(entry + START_MS);
  }

  spent(entry: number): number {
    return this.#number(entry + SPENT);
  }

  /** By all threads. */
  reserved(entry: number): number {
    let sum = 0;
    for (let thread = 0; thread < this.#threads; thread++) {
      sum += this.#number(entry + RESERVED + thread);
    }
    return sum;
  }

  isLoaded(entry: number): boolean {
    return (this.#word(entry + FLAGS) & IS_LOADED) !== 0;
  }

  setLoaded(entry: number): void {
    this.#words[(entry + FLAGS) * 2] = IS_USED | IS_LOADED;
  }

  told(entry: number): number {
    return this.#words[(entry + FLAGS) * 2 + 1] ?? 0;
  }

  setTold(entry: number, level: number): void {
    this.#words[(entry + FLAGS) * 2 + 1] = level;
  }

  spend(entry: number, micros: number): void {
    this.#numbers[entry + SPENT] = Math.max(0, this.spent(entry) + micros);
  }

  /** @param micros What the thread has reserved more; negative where it gives back. */
  reserve(entry: number, thread: number, micros: number): void {
    const at = entry + RESERVED + thread;
    this.#numbers[at] = Math.max(0, this.#number(at) + micros);
  }

  /** What a thread has reserved counts as spent, in so many entries; returns how much that was. */
  spendReserved(thread: number, firstEntry: number, entries: number): number {
    let sum = 0;
    for (let index = firstEntry; index < firstEntry + entries; index++) {
      const entry = this.#entryAt(index);
      const reserved = this.#number(entry + RESERVED + thread);
      if (reserved === 0) continue;
      this.#numbers[entry + RESERVED + thread] = 0;
      this.spend(entry, reserved);
      sum += reserved;
    }
    return sum;
  }

  #find({ low, high }: Hash): number | undefined {
    for (let place = 0; place < WINDOW; place++) {
      const entry = this.#entryAt(low + place);
      if (this.#word(entry + FLAGS) === 0) return undefined;
      const at = (entry + HASH) * 2;
      if (this.#words[at] === low && this.#words[at + 1] === high) return entry;
    }
    return undefined;
  }

  /** The first free place of a window, or the one that has least to lose. */
  #makeRoom({ low }: Hash): number {
    let best = this.#entryAt(low);
    let least = Infinity;
    for (let place = 0; place < WINDOW; place++) {
      const entry = this.#entryAt(low + place);
      if (this.#word(entry + FLAGS) === 0) return entry;
      const reserved = this.reserved(entry);
      if (reserved < least) {
        least = reserved;
        best = entry;
      }
    }
    return best;
  }

  #begin(entry: number, { low, high }: Hash, startMs: number): void {
    this.#renew(entry, startMs);
    this.#words[(entry + HASH) * 2] = low;
    this.#words[(entry + HASH) * 2 + 1] = high;
    this.#words[(entry + FLAGS) * 2] = IS_USED;
  }

  #renew(entry: number, startMs: number): void {
    this.#numbers.fill(0, entry + RESERVED, entry + this.#entryNumbers);
    this.#numbers[entry + SPENT] = 0;
    this.#numbers[entry + START_MS] = startMs;
    this.setTold(entry, 0);
  }

  /** Where an entry begins, in 64-bit numbers. */
  #entryAt(place: number): number {
    return USER_WORDS / 2 + (place & CAPACITY - 1) * this.#entryNumbers;
  }

  #number(at: number): number {
    return this.#numbers[at] ?? 0;
  }

  /** The first 32 bits of a place. */
  #word(at: number): number {
    return this.#words[at * 2] ?? 0;
  }
}
