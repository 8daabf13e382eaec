/**
 * A bounded table of buckets in memory that threads can share.
 *
 * Entries are found by the hash of their name through chains. Where the table is full, a new bucket takes the
 * place of one that has spent no larger share of its limit, looked for at random; so a flood of new names
 * drops what other new names left, and nobody who has spent more.
 *
 * No method waits or allocates; who shares the memory holds a lock around them.
 *
 * @module
 */

import type { Hash } from "./keyed_hash.ts";
import type { BucketLevel } from "../token_bucket.ts";

/** The table's own words, before the entries; the first are left to the user of the table. */
export const USER_WORDS = 16;
const COUNT = USER_WORDS;
/** Rounded up, so that no entry lies across two cache lines. */
const HEADER_WORDS = 32;

/** Of an entry, in 32-bit words. Links are entry numbers plus one, so that 0 is none. */
const HASH_LOW = 0;
const HASH_HIGH = 1;
const NEXT = 2;
const WINDOW_MS = 3;
const REST = 4;
const FULL_AT = 6; // Two words: a 64-bit number.
const ENTRY_WORDS = 8;

/** Chains are a few links long. One that is longer is a ring, left by a thread that lost its lock. */
const MAX_CHAIN = 64;

/**
 * Entries that are looked at for one to drop: some, for one that is full and so no loss; and more, until one has
 * spent no more than the new one. Where 99 in 100 have spent more, all of so many have in 1 case of 30,000; then
 * the fullest of them goes.
 */
const MIN_LOOKS = 8;
const MAX_LOOKS = 1_024;

export const NONE = -1;
const LOST = -2;

export class BucketTable {
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #capacity: number;
  /** Where the chains' first links begin. */
  readonly #chains: number;
  readonly #chainMask: number;

  /** Bytes of a table; at most 40 for a bucket, and 128. */
  static bytesFor(maxBuckets: number): number {
    const { chains, chainCount } = layoutOf(maxBuckets);
    const words = chains + chainCount;
    return (words + words % 2) * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Memory that is all zero is an empty table. */
  constructor(memory: SharedArrayBuffer, maxBuckets: number) {
    const { chains, chainCount } = layoutOf(maxBuckets);
    this.#words = new Int32Array(memory);
    this.#floats = new Float64Array(memory, 0, memory.byteLength >> 3);
    this.#capacity = maxBuckets;
    this.#chains = chains;
    this.#chainMask = chainCount - 1;
  }

  get count(): number {
    return this.#word(COUNT);
  }

  /** The number of a bucket's entry, good until the next `add`; `NONE` where it has none. */
  find(hash: Hash): number {
    const found = this.#walk(hash, MAX_CHAIN);
    if (found !== LOST) return found;
    this.repair();
    return this.#walk(hash, this.#capacity);
  }

  load(entry: number, level: BucketLevel): void {
    level.fullAtMs = this.#fullAtMs(entry);
    level.rest = this.#word(entryAt(entry) + REST);
  }

  store(entry: number, { fullAtMs, rest }: Readonly<BucketLevel>): void {
    this.#write(entry, fullAtMs, rest);
  }

  /** Enters a bucket that has no entry, in place of a fuller one where the table is full. */
  add(hash: Hash, windowMs: number, level: Readonly<BucketLevel>, nowMs: number): void {
    const isFull = this.count === this.#capacity;
    const spent = (level.fullAtMs - nowMs) / windowMs;
    const entry = isFull ? this.#findFuller(hash, spent, nowMs) : this.count;
    if (isFull) this.#unlink(entry);
    else this.#words[COUNT] = entry + 1;
    const at = entryAt(entry);
    this.#words[at + HASH_LOW] = hash.low;
    this.#words[at + HASH_HIGH] = hash.high;
    this.#words[at + WINDOW_MS] = windowMs;
    this.#write(entry, level.fullAtMs, level.rest);
    this.#link(entry);
  }

  /** Makes the chains anew from the entries, whatever state they were left in. */
  repair(): void {
    const { count } = this;
    this.#words.fill(0, this.#chains, this.#chains + this.#chainMask + 1);
    for (let entry = 0; entry < count; entry++) this.#link(entry);
  }

  /**
   * An entry that has spent no more than `spent`, a share of its limit; the fullest that was seen where none is
   * found. Nobody outside knows where it looks, for the hash is keyed.
   */
  #findFuller({ low, high }: Hash, spent: number, nowMs: number): number {
    let fullest = NONE;
    let least = Infinity;
    let random = low ^ high || 1;
    for (let looks = 0; looks < MAX_LOOKS; looks++) {
      // Marsaglia's xorshift: every number but 0 comes once.
      random ^= random << 13;
      random ^= random >>> 17;
      random ^= random << 5;
      const entry = (random >>> 0) % this.#capacity;
      const share = (this.#fullAtMs(entry) - nowMs) / this.#word(entryAt(entry) + WINDOW_MS);
      if (share < least) {
        least = share;
        fullest = entry;
      }
      if (least <= 0 || (looks >= MIN_LOOKS && least <= spent)) break;
    }
    return fullest;
  }

  #link(entry: number): void {
    const at = entryAt(entry);
    const chain = this.#chainOf(this.#word(at + HASH_LOW));
    this.#words[at + NEXT] = this.#word(chain);
    this.#words[chain] = entry + 1;
  }

  #unlink(entry: number): void {
    let link = this.#linkTo(entry, MAX_CHAIN);
    if (link === LOST) {
      this.repair();
      link = this.#linkTo(entry, this.#capacity);
    }
    this.#words[link] = this.#word(entryAt(entry) + NEXT);
  }

  /** Looks along a chain, `LOST` where it has more links than it may have. */
  #walk({ low, high }: Hash, maxLinks: number): number {
    const words = this.#words;
    let link = this.#word(this.#chainOf(low));
    for (let links = 0; link !== 0; links++) {
      if (links > maxLinks) return LOST;
      const at = entryAt(link - 1);
      if (words[at + HASH_LOW] === low && words[at + HASH_HIGH] === high) return link - 1;
      link = this.#word(at + NEXT);
    }
    return NONE;
  }

  /** Where the link to an entry is, `LOST` where its chain does not lead to it. */
  #linkTo(entry: number, maxLinks: number): number {
    let link = this.#chainOf(this.#word(entryAt(entry) + HASH_LOW));
    for (let links = 0; this.#word(link) !== entry + 1; links++) {
      if (links > maxLinks || this.#word(link) === 0) return LOST;
      link = entryAt(this.#word(link) - 1) + NEXT;
    }
    return link;
  }

  #write(entry: number, fullAtMs: number, rest: number): void {
    const at = entryAt(entry);
    this.#floats[at + FULL_AT >> 1] = fullAtMs;
    this.#words[at + REST] = rest;
  }

  #fullAtMs(entry: number): number {
    return this.#floats[entryAt(entry) + FULL_AT >> 1] ?? 0;
  }

  #chainOf(hashLow: number): number {
    return this.#chains + (hashLow & this.#chainMask);
  }

  #word(at: number): number {
    return this.#words[at] ?? 0;
  }
}

function entryAt(entry: number): number {
  return HEADER_WORDS + entry * ENTRY_WORDS;
}

/** Where the parts of a table begin, in words. */
function layoutOf(maxBuckets: number): { chains: number; chainCount: number } {
  return { chains: entryAt(maxBuckets), chainCount: 1 << Math.ceil(Math.log2(maxBuckets)) };
}
