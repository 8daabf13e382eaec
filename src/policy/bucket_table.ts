/**
 * A bounded table of buckets in memory that threads can share.
 *
 * Entries are found by the hash of their name through chains, and each stands in a heap of all buckets
 * with the same window, the one that is full soonest on top. So what is dropped when the table is full
 * is always the fullest bucket of all, to the millisecond; one that is full already is no loss, for it
 * equals one that is absent.
 *
 * No method waits or allocates; who shares the memory holds a lock around them.
 *
 * @module
 */

import type { Hash } from "./keyed_hash.ts";
import type { BucketLevel } from "./token_bucket.ts";

/** Heaps: one for each window, and the last for all windows beyond them, ordered by time instead. */
const HEAPS = 8;

/** The table's own words, before the entries; the first are left to the user of the table. */
export const USER_WORDS = 16;
const COUNT = USER_WORDS;
const WINDOWS = COUNT + 1;
const HEAP_SIZES = WINDOWS + HEAPS;
/** Rounded up, so that no entry lies across two cache lines. */
const HEADER_WORDS = 40;

/** Of an entry, in 32-bit words. Links are entry numbers plus one, so that 0 is none. */
const HASH_LOW = 0;
const HASH_HIGH = 1;
const NEXT = 2;
const POSITION = 3;
const HEAP = 4;
const REST = 5;
const FULL_AT = 6; // Two words: a 64-bit number.
const ENTRY_WORDS = 8;

/** Chains are a few links long. One that is longer is a ring, left by a thread that lost its lock. */
const MAX_CHAIN = 64;

export const NONE = -1;
const LOST = -2;

export class BucketTable {
  readonly #words: Int32Array;
  readonly #floats: Float64Array;
  readonly #capacity: number;
  /** Where the chains' first links and the heaps begin. */
  readonly #chains: number;
  readonly #chainMask: number;
  readonly #heaps: number;

  /** Bytes of a table; at most 72 for a bucket, and 160. */
  static bytesFor(maxBuckets: number): number {
    const { heaps } = layoutOf(maxBuckets);
    return (heaps + HEAPS * maxBuckets) * Int32Array.BYTES_PER_ELEMENT;
  }

  /** Memory that is all zero is an empty table. */
  constructor(memory: SharedArrayBuffer, maxBuckets: number) {
    const { chains, chainCount, heaps } = layoutOf(maxBuckets);
    this.#words = new Int32Array(memory);
    this.#floats = new Float64Array(memory, 0, memory.byteLength >> 3);
    this.#capacity = maxBuckets;
    this.#chains = chains;
    this.#chainMask = chainCount - 1;
    this.#heaps = heaps;
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
    this.#sift(entry);
  }

  /** Enters a bucket that has no entry, in place of the fullest one where the table is full. */
  add(hash: Hash, windowMs: number, level: Readonly<BucketLevel>, nowMs: number): void {
    const isFull = this.count === this.#capacity;
    const entry = isFull ? this.#fullest(nowMs) : this.count;
    if (isFull) {
      this.#unlink(entry);
      this.#leaveHeap(entry);
    } else {
      this.#words[COUNT] = entry + 1;
    }
    const at = entryAt(entry);
    this.#words[at + HASH_LOW] = hash.low;
    this.#words[at + HASH_HIGH] = hash.high;
    this.#words[at + HEAP] = this.#heapOf(windowMs);
    this.#write(entry, level.fullAtMs, level.rest);
    this.#link(entry);
    this.#enterHeap(entry);
  }

  /** Makes chains and heaps anew from the entries, whatever state they were left in. */
  repair(): void {
    const { count } = this;
    this.#words.fill(0, this.#chains, this.#chains + this.#chainMask + 1);
    this.#words.fill(0, HEAP_SIZES, HEAP_SIZES + HEAPS);
    for (let entry = 0; entry < count; entry++) {
      this.#link(entry);
      this.#enterHeap(entry);
    }
  }

  /** The top of a heap that is least spent for its size. */
  #fullest(nowMs: number): number {
    let fullest = NONE;
    let least = Infinity;
    for (let heap = 0; heap < HEAPS; heap++) {
      if (this.#word(HEAP_SIZES + heap) === 0) continue;
      const top = this.#word(this.#heaps + heap * this.#capacity);
      const spent = (this.#fullAtMs(top) - nowMs) / this.#word(WINDOWS + heap);
      if (spent < least) {
        least = spent;
        fullest = top;
      }
    }
    return fullest;
  }

  #heapOf(windowMs: number): number {
    for (let heap = 0; heap < HEAPS - 1; heap++) {
      if (this.#word(WINDOWS + heap) === 0) this.#words[WINDOWS + heap] = windowMs;
      if (this.#words[WINDOWS + heap] === windowMs) return heap;
    }
    this.#words[WINDOWS + HEAPS - 1] = windowMs;
    return HEAPS - 1;
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

  #enterHeap(entry: number): void {
    const sizeAt = HEAP_SIZES + this.#word(entryAt(entry) + HEAP);
    const position = this.#word(sizeAt);
    this.#words[sizeAt] = position + 1;
    this.#words[entryAt(entry) + POSITION] = position;
    this.#sift(entry);
  }

  #leaveHeap(entry: number): void {
    const at = entryAt(entry);
    const heap = this.#word(at + HEAP);
    const position = this.#word(at + POSITION);
    const last = this.#word(HEAP_SIZES + heap) - 1;
    this.#words[HEAP_SIZES + heap] = last;
    if (position === last) return;
    const moved = this.#word(this.#heaps + heap * this.#capacity + last);
    this.#words[entryAt(moved) + POSITION] = position;
    this.#sift(moved);
  }

  /** Moves an entry to where it belongs in its heap, from the position it holds. */
  #sift(entry: number): void {
    const words = this.#words;
    const heap = this.#word(entryAt(entry) + HEAP);
    const root = this.#heaps + heap * this.#capacity;
    const size = this.#word(HEAP_SIZES + heap);
    const fullAtMs = this.#fullAtMs(entry);
    let position = this.#word(entryAt(entry) + POSITION);
    while (position > 0) {
      const parent = position - 1 >> 1;
      const above = this.#word(root + parent);
      if (this.#fullAtMs(above) <= fullAtMs) break;
      words[root + position] = above;
      words[entryAt(above) + POSITION] = position;
      position = parent;
    }
    for (let child = 2 * position + 1; child < size; child = 2 * position + 1) {
      let below = this.#word(root + child);
      if (child + 1 < size) {
        const other = this.#word(root + child + 1);
        if (this.#fullAtMs(other) < this.#fullAtMs(below)) {
          below = other;
          child++;
        }
      }
      if (this.#fullAtMs(below) >= fullAtMs) break;
      words[root + position] = below;
      words[entryAt(below) + POSITION] = position;
      position = child;
    }
    words[root + position] = entry;
    words[entryAt(entry) + POSITION] = position;
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
function layoutOf(maxBuckets: number): { chains: number; chainCount: number; heaps: number } {
  const chains = entryAt(maxBuckets);
  const chainCount = 1 << Math.ceil(Math.log2(maxBuckets));
  return { chains, chainCount, heaps: chains + chainCount };
}
