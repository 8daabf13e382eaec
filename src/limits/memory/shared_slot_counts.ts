/**
 * Counts of running calls in memory that the threads of a process share.
 *
 * Each thread writes to its own part alone, so that what a dead thread held is known and can be taken off
 * again. Only keys with a limit of their own are counted one by one.
 *
 * A thread that has more than its share of the slots leaves a free one to those that wait with less:
 * else the queue of the thread where calls end would always come first.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import { type Hash, type HashSecret, keyedHash } from "./keyed_hash.ts";
import { LOCK_WORDS, SharedLock } from "./shared_lock.ts";
import type { SlotCounts, SlotOwner } from "../slot_counts.ts";

/** Of the memory, in 32-bit words: a lock, a secret, how many threads there are, and a part for each. */
const LOCK = 0;
const SECRET = LOCK + LOCK_WORDS;
const THREADS = SECRET + 4;
const PARTS = THREADS + 1;

/** Of a part: its calls, when it last missed a slot, its keys, and a hash and a count for each of these. */
const RUNNING = 0;
const MISSED_AT = 1;
const KEYS = 2;
const ENTRIES = 3;
const HASH_LOW = 0;
const HASH_HIGH = 1;
const COUNT = 2;
const ENTRY_WORDS = 3;
/** Keys with a limit and running calls that one thread has at once; further ones wait. */
const MAX_KEYS = 16_384;
const PART_WORDS = ENTRIES + MAX_KEYS * ENTRY_WORDS;

/** Who waits looks for a slot every few milliseconds; who has not for so long waits no more. */
const WAITING_MS = 50;
const TIME_MASK = 0x7fff_ffff;

const NONE = -1;

/** The system gives of it what is touched. `secret` is to be random, and not known outside. */
export function createSlotMemory(threads: number, secret: HashSecret): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(
    (PARTS + threads * PART_WORDS) * Int32Array.BYTES_PER_ELEMENT,
  );
  const words = new Int32Array(memory);
  words[THREADS] = threads;
  words.set(secret, SECRET);
  return memory;
}

/** Takes a dead thread's calls off; returns how many there were. */
export function clearThread(memory: SharedArrayBuffer, thread: number): number {
  const words = new Int32Array(memory);
  const part = PARTS + thread * PART_WORDS;
  Atomics.store(words, part + KEYS, 0);
  return Atomics.exchange(words, part + RUNNING, 0);
}

export class SharedSlotCounts implements SlotCounts {
  readonly isShared = true;
  readonly #words: Int32Array;
  readonly #lock: SharedLock;
  readonly #secret: HashSecret;
  readonly #clock: Clock;
  readonly #threads: number;
  readonly #ownPart: number;
  /** Where the parts end. */
  readonly #end: number;

  /** @param thread Its number, from 0. */
  constructor(memory: SharedArrayBuffer, thread: number, clock: Clock) {
    const words = new Int32Array(memory);
    const [first = 0, second = 0, third = 0, fourth = 0] = words.subarray(SECRET);
    this.#words = words;
    this.#lock = new SharedLock(words, LOCK);
    this.#secret = [first, second, third, fourth];
    this.#clock = clock;
    this.#threads = this.#word(THREADS);
    this.#ownPart = PARTS + thread * PART_WORDS;
    this.#end = PARTS + this.#threads * PART_WORDS;
  }

  get running(): number {
    let running = 0;
    for (let part = PARTS; part < this.#end; part += PART_WORDS) running += this.#runningIn(part);
    return running;
  }

  isSpent({ key, maxCalls }: SlotOwner): boolean {
    if (maxCalls === 0) return false;
    const hash = keyedHash(key, this.#secret);
    return this.#locked(() => this.#runningOf(hash) >= maxCalls);
  }

  hasRoom(maxCallsOfAll: number): boolean {
    return this.#locked(() => this.#isRoom(maxCallsOfAll));
  }

  take({ key, maxCalls }: SlotOwner, maxCallsOfAll: number): boolean {
    const hash = maxCalls === 0 ? undefined : keyedHash(key, this.#secret);
    return this.#locked(() => {
      if (!this.#isRoom(maxCallsOfAll)) return false;
      if (hash !== undefined && (this.#runningOf(hash) >= maxCalls || !this.#add(hash))) {
        return false;
      }
      Atomics.add(this.#words, this.#ownPart + RUNNING, 1);
      this.#words[this.#ownPart + MISSED_AT] = 0;
      return true;
    });
  }

  giveBack({ key, maxCalls }: SlotOwner): void {
    Atomics.sub(this.#words, this.#ownPart + RUNNING, 1);
    if (maxCalls === 0) return;
    const hash = keyedHash(key, this.#secret);
    this.#locked(() => this.#subtract(hash));
  }

  /** Whoever held the lock and died has left nothing to put right outside its own part. */
  #locked<Result>(run: () => Result): Result {
    this.#lock.acquire();
    try {
      return run();
    } finally {
      this.#lock.release();
    }
  }

  #isRoom(maxCallsOfAll: number): boolean {
    const nowMs = this.#clock.epochMs() & TIME_MASK;
    const share = maxCallsOfAll / this.#threads;
    const hasShare = this.#runningIn(this.#ownPart) >= share;
    let running = 0;
    let isOthers = false;
    for (let part = PARTS; part < this.#end; part += PART_WORDS) {
      const runningInPart = this.#runningIn(part);
      running += runningInPart;
      const missedMs = nowMs - this.#word(part + MISSED_AT) & TIME_MASK;
      if (hasShare && runningInPart < share && missedMs < WAITING_MS) isOthers = true;
    }
    const isRoom = running < maxCallsOfAll && !isOthers;
    if (!isRoom) this.#words[this.#ownPart + MISSED_AT] = nowMs;
    return isRoom;
  }

  #runningIn(part: number): number {
    return Atomics.load(this.#words, part + RUNNING);
  }

  #runningOf(hash: Hash): number {
    let running = 0;
    for (let part = PARTS; part < this.#end; part += PART_WORDS) {
      const entry = this.#find(part, hash);
      if (entry !== NONE) running += this.#word(entry + COUNT);
    }
    return running;
  }

  /** Where the entry of a key is, `NONE` where a part has none. */
  #find(part: number, { low, high }: Hash): number {
    const end = part + ENTRIES + this.#word(part + KEYS) * ENTRY_WORDS;
    for (let entry = part + ENTRIES; entry < end; entry += ENTRY_WORDS) {
      if (this.#words[entry + HASH_LOW] === low && this.#words[entry + HASH_HIGH] === high) {
        return entry;
      }
    }
    return NONE;
  }

  /** `false` where there is no room for another key. */
  #add(hash: Hash): boolean {
    const found = this.#find(this.#ownPart, hash);
    if (found !== NONE) {
      this.#words[found + COUNT] = this.#word(found + COUNT) + 1;
      return true;
    }
    const keys = this.#word(this.#ownPart + KEYS);
    if (keys === MAX_KEYS) return false;
    this.#words.set([hash.low, hash.high, 1], this.#entryAt(keys));
    this.#words[this.#ownPart + KEYS] = keys + 1;
    return true;
  }

  #subtract(hash: Hash): void {
    const found = this.#find(this.#ownPart, hash);
    // A call from before its key had a limit was not counted with it.
    if (found === NONE) return;
    const count = this.#word(found + COUNT) - 1;
    this.#words[found + COUNT] = count;
    if (count > 0) return;
    const last = this.#word(this.#ownPart + KEYS) - 1;
    this.#words.copyWithin(found, this.#entryAt(last), this.#entryAt(last) + ENTRY_WORDS);
    this.#words[this.#ownPart + KEYS] = last;
  }

  #entryAt(index: number): number {
    return this.#ownPart + ENTRIES + index * ENTRY_WORDS;
  }

  #word(at: number): number {
    return this.#words[at] ?? 0;
  }
}
