/**
 * What is known of providers' limits, in memory that the threads of a process share: a lane for each target that has
 * said anything of them.
 *
 * @module
 */

import type { Clock } from "../../core/clock.ts";
import type { PacedTarget } from "../../core/provider/pacing.ts";
import { type Hash, type HashSecret, keyedHash } from "../memory/keyed_hash.ts";
import { LOCK_WORDS, SharedLock } from "../memory/shared_lock.ts";
import { Budget, BUDGET_NUMBERS } from "./budget.ts";

/** Targets at once; the one that was used longest ago makes room. */
const MAX_LANES = 256;

/** Of the memory, in 32-bit words: a lock, and how often a lane was given away. */
const LOCK = 0;
const VERSION = LOCK + LOCK_WORDS;
/** In 64-bit numbers: where the lanes begin. */
const LANES = 4;
/** Of a lane: its name's hash as two words, when it was used last, until when it asked for rest, its budgets. */
const HASH = 0;
const USED_AT_MS = 1;
const BLOCKED_UNTIL_MS = 2;
const REQUESTS = 4;
const TOKENS = REQUESTS + BUDGET_NUMBERS;
const LANE_NUMBERS = TOKENS + BUDGET_NUMBERS;

export function createLaneMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((LANES + MAX_LANES * LANE_NUMBERS) * Float64Array.BYTES_PER_ELEMENT);
}

/** The state of one target; to be used under the table's lock alone. */
export class Lane {
  readonly requests: Budget;
  readonly tokens: Budget;
  readonly #numbers: Float64Array;
  readonly #at: number;

  constructor(numbers: Float64Array, at: number) {
    this.#numbers = numbers;
    this.#at = at;
    this.requests = new Budget(numbers, at + REQUESTS, false);
    this.tokens = new Budget(numbers, at + TOKENS, true);
  }

  get usedAtMs(): number {
    return this.#numbers[this.#at + USED_AT_MS] ?? 0;
  }

  set usedAtMs(ms: number) {
    this.#numbers[this.#at + USED_AT_MS] = ms;
  }

  /** 0 where it has not asked for rest. */
  get blockedUntilMs(): number {
    return this.#numbers[this.#at + BLOCKED_UNTIL_MS] ?? 0;
  }

  set blockedUntilMs(ms: number) {
    this.#numbers[this.#at + BLOCKED_UNTIL_MS] = ms;
  }
}

/** No secret: names are the operator's, and whoever finds two that are alike paces them together. */
const UNKEYED: HashSecret = [0, 0, 0, 0];
/** Names that a thread has looked up. */
const MAX_NAMES = 1_024;

interface KnownName {
  readonly hash: Hash;
  /** `undefined` where it has none. */
  lane: Lane | undefined;
  version: number;
}

export class LaneTable {
  readonly #words: Int32Array;
  readonly #numbers: Float64Array;
  readonly #lock: SharedLock;
  readonly #clock: Clock;
  /** From the clock's time to the one that all threads have in common. */
  readonly #offsetMs: number;
  readonly #names = new Map<string, KnownName>();
  readonly #waiting = new Map<string, number>();

  constructor(memory: SharedArrayBuffer, clock: Clock) {
    this.#words = new Int32Array(memory);
    this.#numbers = new Float64Array(memory);
    this.#lock = new SharedLock(this.#words, LOCK);
    this.#clock = clock;
    this.#offsetMs = clock.epochMs() - clock.nowMs();
  }

  /** What is known of the targets that this thread has asked and that have said anything of their limits. */
  snapshot(): readonly PacedTarget[] {
    return [...this.#names.keys()].filter((name) => this.find(name) !== undefined)
      .map((target) =>
        this.with(target, ({ requests, tokens, blockedUntilMs }, nowMs) => ({
          target,
          waiting: this.#waiting.get(target) ?? 0,
          ...(requests.isKnown && { requests: left(requests.available(nowMs)) }),
          ...(tokens.isKnown && { tokens: left(tokens.available(nowMs)) }),
          restMs: Math.max(0, blockedUntilMs - nowMs),
        }))
      );
  }

  /** How many calls of this thread wait for their turn. */
  noteWaiting(name: string, count: number): void {
    if (count === 0) this.#waiting.delete(name);
    else this.#waiting.set(name, count);
  }

  /** By the clock that all threads have in common. */
  nowMs(): number {
    return this.#clock.nowMs() + this.#offsetMs;
  }

  /** The lane of a name, where any thread has made one: without a lock, for most targets have none. */
  find(name: string): Lane | undefined {
    const known = this.#known(name);
    const version = Atomics.load(this.#words, VERSION);
    if (known.version !== version) {
      known.version = version;
      const found = this.#look(known.hash);
      known.lane = found === undefined ? undefined : new Lane(this.#numbers, found);
    }
    return known.lane;
  }

  /** Runs with the lane of a name to itself; makes one where there is none. */
  with<T>(name: string, run: (lane: Lane, nowMs: number) => T): T {
    // What a dead thread has left half-written is put right by the next answer.
    this.#lock.acquire();
    try {
      const nowMs = this.nowMs();
      const lane = this.find(name) ?? this.#make(name);
      lane.usedAtMs = nowMs;
      return run(lane, nowMs);
    } finally {
      this.#lock.release();
    }
  }

  #make(name: string): Lane {
    const known = this.#known(name);
    let at = LANES;
    for (let lane = 0; lane < MAX_LANES; lane++) {
      const start = LANES + lane * LANE_NUMBERS;
      if (this.#used(start) < this.#used(at)) at = start;
    }
    this.#numbers.fill(0, at, at + LANE_NUMBERS);
    this.#words[(at + HASH) * 2] = known.hash.low;
    this.#words[(at + HASH) * 2 + 1] = known.hash.high;
    this.#numbers[at + USED_AT_MS] = this.nowMs();
    known.version = Atomics.add(this.#words, VERSION, 1) + 1;
    known.lane = new Lane(this.#numbers, at);
    return known.lane;
  }

  #look({ low, high }: Hash): number | undefined {
    for (let lane = 0; lane < MAX_LANES; lane++) {
      const at = LANES + lane * LANE_NUMBERS;
      if (this.#used(at) === 0) return undefined; // They are given away in order, and never taken back.
      const word = (at + HASH) * 2;
      if (this.#words[word] === low && this.#words[word + 1] === high) return at;
    }
    return undefined;
  }

  #known(name: string): KnownName {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size >= MAX_NAMES) this.#names.clear();
    const made = { hash: keyedHash(name, UNKEYED), lane: undefined, version: -1 };
    this.#names.set(name, made);
    return made;
  }

  #used(at: number): number {
    return this.#numbers[at + USED_AT_MS] ?? 0;
  }
}

function left(amount: number): number {
  return Math.max(0, Math.floor(amount));
}
