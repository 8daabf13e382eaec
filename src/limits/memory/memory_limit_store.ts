/**
 * Limits in memory that all threads of a process share, exact across them.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import { BucketTable, NONE, USER_WORDS } from "./bucket_table.ts";
import { type Hash, type HashSecret, keyedHash } from "./keyed_hash.ts";
import type {
  LimitDecision,
  LimitDemand,
  LimitRule,
  LimitState,
  LimitStore,
} from "../limit_store.ts";
import { LOCK_WORDS, SharedLock } from "./shared_lock.ts";
import {
  type BucketLevel,
  fullInMs,
  MAX_LIMIT,
  MAX_WINDOW_MS,
  remainingIn,
  spend,
  waitMsFor,
} from "../token_bucket.ts";

/** The words that the table leaves to its user. */
const LOCK = 0;
const CAPACITY = LOCK + LOCK_WORDS;
const SECRET = CAPACITY + 1;
const LATEST_MS = 10; // Two words: a 64-bit number.

/**
 * Memory for the buckets of a process: 40 bytes for each, of which the system gives what is touched.
 *
 * `secret` is to be random, and not known outside: it keeps clients from choosing keys whose buckets are
 * one.
 */
export function createLimitMemory(maxBuckets: number, secret: HashSecret): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(BucketTable.bytesFor(maxBuckets));
  const words = new Int32Array(memory, 0, USER_WORDS);
  words[CAPACITY] = maxBuckets;
  words.set(secret, SECRET);
  return memory;
}

/** One bucket of a decision. */
interface Draft {
  readonly demand: LimitDemand;
  readonly hash: Hash;
  /** As it is before the decision, and after it is made as it has become. */
  readonly level: BucketLevel;
  entry: number;
  waitMs: number;
}

/**
 * The store on such memory; every thread has its own.
 *
 * A bucket is known by 64 bits of a keyed hash. That two of a million share one has a chance of about
 * 1 in 37 million; they would then have the limit of one between them, and neither would get more.
 */
export class MemoryLimitStore implements LimitStore {
  readonly #floats: Float64Array;
  readonly #secret: HashSecret;
  readonly #lock: SharedLock;
  readonly #table: BucketTable;
  readonly #clock: Clock;
  /** From the clock's time to the time of the table, which all threads have in common. */
  #offsetMs: number;
  readonly #ruleHashes = new WeakMap<LimitRule, Hash>();
  /** The last key: a call asks for its buckets several times, and hashing is half of that. */
  #key = "";
  #keyHash: Hash;

  constructor(memory: SharedArrayBuffer, clock: Clock) {
    const words = new Int32Array(memory, 0, USER_WORDS);
    const [first = 0, second = 0, third = 0, fourth = 0] = words.subarray(SECRET);
    this.#secret = [first, second, third, fourth];
    this.#keyHash = keyedHash(this.#key, this.#secret);
    this.#floats = new Float64Array(memory, 0, USER_WORDS / 2);
    this.#lock = new SharedLock(words, LOCK);
    this.#table = new BucketTable(memory, words[CAPACITY] ?? 0);
    this.#clock = clock;
    this.#offsetMs = clock.epochMs() - clock.nowMs();
  }

  take(demands: readonly LimitDemand[]): LimitDecision {
    const drafts = this.#draftsOf(demands);
    if (demands.some(({ cost }) => cost < 0)) throw new RangeError("A cost is negative");
    let isAllowed = true;
    const nowMs = this.#locked((nowMs) => {
      for (const draft of drafts) {
        this.#load(draft, nowMs);
        const { level, demand: { rule, cost } } = draft;
        draft.waitMs = waitMsFor(level, rule, cost, nowMs);
        if (draft.waitMs > 0) isAllowed = false;
      }
      if (isAllowed) this.#spend(drafts, nowMs);
    });
    return { isAllowed, states: drafts.map((draft) => stateOf(draft, nowMs)) };
  }

  settle(demand: LimitDemand): void {
    const drafts = this.#draftsOf([demand]);
    this.#locked((nowMs) => {
      for (const draft of drafts) this.#load(draft, nowMs);
      this.#spend(drafts, nowMs);
    });
  }

  #draftsOf(demands: readonly LimitDemand[]): Draft[] {
    const drafts: Draft[] = [];
    for (const demand of demands) {
      const { rule, key, cost } = demand;
      if (!Number.isSafeInteger(cost)) throw new RangeError(`A cost of ${cost} is no whole number`);
      const keyHash = this.#keyHashOf(key);
      const ruleHash = this.#ruleHashOf(rule);
      const hash = { low: keyHash.low ^ ruleHash.low, high: keyHash.high ^ ruleHash.high };
      if (drafts.some((other) => other.hash.low === hash.low && other.hash.high === hash.high)) {
        throw new Error("Two demands are on one bucket; make them one");
      }
      drafts.push({ demand, hash, level: { fullAtMs: 0, rest: 0 }, entry: NONE, waitMs: 0 });
    }
    return drafts;
  }

  #keyHashOf(key: string): Hash {
    if (key === this.#key) return this.#keyHash;
    this.#key = key;
    return this.#keyHash = keyedHash(key, this.#secret);
  }

  #ruleHashOf(rule: LimitRule): Hash {
    const known = this.#ruleHashes.get(rule);
    if (known !== undefined) return known;
    const { name, limit, windowMs } = rule;
    if (!isWithin(limit, MAX_LIMIT) || !isWithin(windowMs, MAX_WINDOW_MS)) {
      throw new RangeError(`A limit of ${limit} in ${windowMs} ms is out of range`);
    }
    // No key begins like this, so that a rule and a key cannot change places.
    const hash = keyedHash(`\0${name}\0${limit}\0${windowMs}`, this.#secret);
    this.#ruleHashes.set(rule, hash);
    return hash;
  }

  /** Returns the time that `run` was given. */
  #locked(run: (nowMs: number) => void): number {
    const isSound = this.#lock.acquire();
    try {
      if (!isSound) this.#table.repair();
      const nowMs = this.#nowMs();
      run(nowMs);
      return nowMs;
    } finally {
      this.#lock.release();
    }
  }

  /**
   * Milliseconds that only go forward, for all threads. A clock that steps back, or is behind another
   * thread's, goes on from the latest time. Read under the lock, so that the latest time is none of
   * the future.
   */
  #nowMs(): number {
    const latestMs = this.#floats[LATEST_MS / 2] ?? 0;
    let nowMs = this.#clock.nowMs() + this.#offsetMs;
    if (nowMs < latestMs) {
      this.#offsetMs += latestMs - nowMs;
      nowMs = latestMs;
    }
    this.#floats[LATEST_MS / 2] = nowMs;
    return Math.floor(nowMs);
  }

  /** A bucket without an entry is a full one. */
  #load(draft: Draft, nowMs: number): void {
    draft.entry = this.#table.find(draft.hash);
    if (draft.entry === NONE) draft.level.fullAtMs = nowMs;
    else this.#table.load(draft.entry, draft.level);
  }

  #spend(drafts: readonly Draft[], nowMs: number): void {
    for (const { demand: { rule, cost }, level, entry } of drafts) {
      spend(level, rule, cost, nowMs);
      if (entry !== NONE) this.#table.store(entry, level);
    }
    // After all others, because an entry's number may be another bucket's then.
    for (const { demand: { rule }, level, hash, entry } of drafts) {
      if (entry === NONE && fullInMs(level, nowMs) > 0) {
        this.#table.add(hash, rule.windowMs, level, nowMs);
      }
    }
  }
}

function stateOf({ demand: { rule }, level, waitMs }: Draft, nowMs: number): LimitState {
  return {
    rule,
    remaining: remainingIn(level, rule, nowMs),
    resetMs: fullInMs(level, nowMs),
    retryAfterMs: waitMs,
  };
}

function isWithin(value: number, largest: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= largest;
}
