/**
 * Keeps a conversation on its target, because prompt caches and what is signed of earlier reasoning live there.
 *
 * Where it belongs follows from its hash and is remembered nowhere. Only a conversation that its target has failed
 * is: it stays where it went, for its cache is there by now, and does not come back when the target does.
 *
 * @module
 */

import type { Clock } from "../core/clock.ts";
import { hashOf, type Session } from "../core/chat/session.ts";
import type { AliasTarget } from "./options.ts";
import { rankTargets } from "./rendezvous.ts";

/** Conversations that are remembered; a power of two. One that is forgotten goes back to where it belongs. */
const MAX_MOVED = 8_192;
/** Entries among which one is looked for: the oldest of them makes room. */
const WAYS = 4;
const SETS = MAX_MOVED / WAYS;
/** Longer than any cache lasts. */
const KEPT_SECONDS = 3_600;

/** Of the memory, in 32-bit words: whether there is any entry, and the entries. */
const IS_USED = 0;
const ENTRIES = 4;
/** Of an entry. */
const LOW = 0;
const HIGH = 1;
const TARGET = 2;
const USED_AT = 3;
const ENTRY_WORDS = 4;

/** For all threads of a process. */
export function createSessionMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(
    (ENTRIES + MAX_MOVED * ENTRY_WORDS) * Int32Array.BYTES_PER_ELEMENT,
  );
}

/**
 * No lock: where two threads write an entry at the same moment, one conversation may be taken for another, and goes
 * to one of the targets that it may go to.
 */
export class SessionAffinity {
  readonly #words: Int32Array;
  readonly #clock: Clock;

  constructor(memory: SharedArrayBuffer, clock: Clock) {
    this.#words = new Int32Array(memory);
    this.#clock = clock;
  }

  /** The targets in the order in which the conversation tries them. */
  order(targets: readonly AliasTarget[], session: Session): readonly AliasTarget[] {
    const ranked = rankTargets(targets, session);
    const entry = this.#find(session);
    if (entry === undefined) return ranked;
    const target = this.#word(entry + TARGET);
    const present = ranked.find(({ name }) => hashOf(name).low === target);
    if (present === undefined) return ranked;
    this.#words[entry + USED_AT] = this.#nowSeconds();
    return [present, ...ranked.filter((other) => other !== present)];
  }

  /** From now on the conversation is at this target. */
  move(session: Session, name: string): void {
    const entry = this.#find(session) ?? this.#oldest(session);
    this.#words[entry + LOW] = session.low;
    this.#words[entry + HIGH] = session.high;
    this.#words[entry + TARGET] = hashOf(name).low;
    this.#words[entry + USED_AT] = this.#nowSeconds();
    Atomics.store(this.#words, IS_USED, 1);
  }

  #find(session: Session): number | undefined {
    if (Atomics.load(this.#words, IS_USED) === 0) return undefined;
    const start = startOf(session);
    for (let entry = start; entry < start + WAYS * ENTRY_WORDS; entry += ENTRY_WORDS) {
      const isIts = this.#word(entry + LOW) === session.low &&
        this.#word(entry + HIGH) === session.high;
      const usedAt = this.#word(entry + USED_AT);
      if (isIts && usedAt !== 0) {
        return this.#nowSeconds() - usedAt < KEPT_SECONDS ? entry : undefined;
      }
    }
    return undefined;
  }

  #oldest(session: Session): number {
    const start = startOf(session);
    let oldest = start;
    for (let entry = start; entry < start + WAYS * ENTRY_WORDS; entry += ENTRY_WORDS) {
      if (this.#word(entry + USED_AT) < this.#word(oldest + USED_AT)) oldest = entry;
    }
    return oldest;
  }

  #nowSeconds(): number {
    return Math.floor(this.#clock.epochMs() / 1_000);
  }

  #word(at: number): number {
    return this.#words[at] ?? 0;
  }
}

function startOf({ low }: Session): number {
  return ENTRIES + (low >>> 0) % SETS * WAYS * ENTRY_WORDS;
}
