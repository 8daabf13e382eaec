/**
 * A lock for memory that threads share, which outlives a thread that dies while it holds it.
 *
 * What it guards takes about a microsecond, so waiting is a short spin and then sleeps of a
 * millisecond. Each holding has a number of its own; who sees the same number through a thousand
 * sleeps takes the lock over. Sleeps are counted instead of time, so that a process that was stopped
 * as a whole does not rob its own threads when it goes on.
 *
 * @module
 */

/** 32-bit words that a lock needs, zero at first. */
export const LOCK_WORDS = 4;

/** Offsets of those words. */
const HOLDER = 0;
const LAST_TICKET = 1;
const IS_SUSPECT = 2;
/** Nobody ever wakes who sleeps on it. */
const BED = 3;

const SPINS = 100;
const SLEEPS = 1_000;
const SLEEP_MS = 1;

export class SharedLock {
  readonly #words: Int32Array;
  readonly #at: number;
  #ticket = 0;

  /** The lock's words begin at `at`; the memory under `words` is shared. */
  constructor(words: Int32Array, at: number) {
    this.#words = words;
    this.#at = at;
  }

  /**
   * Waits for the lock. `false` means that what it guards may be half-written, because a holder died
   * or was taken for dead, and has to be put right before it is used.
   */
  acquire(): boolean {
    const words = this.#words;
    // The highest bit keeps it from ever being 0, which is nobody.
    this.#ticket = Atomics.add(words, this.#at + LAST_TICKET, 1) | 1 << 31;
    if (this.#swap(0, this.#ticket) !== 0) this.#wait();
    return Atomics.exchange(words, this.#at + IS_SUSPECT, 0) === 0;
  }

  #wait(): void {
    for (let spins = 0; spins < SPINS; spins++) {
      if (this.#swap(0, this.#ticket) === 0) return;
    }
    let seen = 0;
    for (let sleeps = 0; sleeps < SLEEPS; sleeps++) {
      const holder = this.#swap(0, this.#ticket);
      if (holder === 0) return;
      if (holder !== seen) {
        seen = holder;
        sleeps = 0;
      }
      Atomics.wait(this.#words, this.#at + BED, 0, SLEEP_MS);
    }
    if (this.#swap(seen, this.#ticket) === seen) this.suspect();
    else this.#wait(); // It was let go of at the last moment.
  }

  release(): void {
    // Another thread took this one for dead: both have written.
    if (this.#swap(this.#ticket, 0) !== this.#ticket) this.suspect();
  }

  /** Has the next holder put right what the lock guards. */
  suspect(): void {
    Atomics.store(this.#words, this.#at + IS_SUSPECT, 1);
  }

  #swap(expected: number, replacement: number): number {
    return Atomics.compareExchange(this.#words, this.#at + HOLDER, expected, replacement);
  }
}
