/** Where answers are kept that are given again. */

import type { Clock } from "../../core/clock.ts";
import { bytesOf, type KeptAnswer } from "./kept_answer.ts";

export interface AnswerStore {
  /** `undefined` where there is none, or it is too old. */
  get(key: string): KeptAnswer | undefined | Promise<KeptAnswer | undefined>;
  /** Whether it is kept. */
  put(key: string, answer: KeptAnswer): boolean | Promise<boolean>;
  /** Drops all of them, in every thread; `false` where that cannot be done now. */
  purge(): boolean | Promise<boolean>;
  /** What this thread holds; `undefined` where it holds nothing itself. */
  readonly held: HeldAnswers | undefined;
}

export interface HeldAnswers {
  readonly count: number;
  readonly bytes: number;
}

export interface MemoryStoreParts {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly maxBytes: number;
  /** One number that all threads of the process share; what was kept under another one is gone. */
  readonly generation: Int32Array;
  /** Called for each that gives way to another. */
  readonly onDropped: () => void;
}

/**
 * Of a full store so much gives way at once: whoever looks for the oldest of a map goes past the places of all that
 * have gone before, which for each of 100,000 answers takes 30 µs.
 */
const ROOM_SHARE = 1 / 64;

/** Answers of one thread; those that were not asked for longest give way. */
export class MemoryAnswerStore implements AnswerStore {
  readonly #parts: MemoryStoreParts;
  readonly #answers = new Map<string, KeptAnswer>();
  #bytes = 0;
  #generation: number;

  constructor(parts: MemoryStoreParts) {
    this.#parts = parts;
    this.#generation = Atomics.load(parts.generation, 0);
  }

  get held(): HeldAnswers {
    this.#followPurge();
    return { count: this.#answers.size, bytes: this.#bytes };
  }

  get(key: string): KeptAnswer | undefined {
    this.#followPurge();
    const answer = this.#answers.get(key);
    if (answer === undefined) return undefined;
    if (this.#parts.clock.epochMs() - answer.keptMs > this.#parts.ttlMs) {
      this.#drop(key, answer);
      return undefined;
    }
    // Now it is the last that will have to give way.
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    return answer;
  }

  put(key: string, answer: KeptAnswer): boolean {
    const { maxBytes } = this.#parts;
    this.#followPurge();
    const before = this.#answers.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = bytesOf(answer);
    if (bytes > maxBytes) return false;
    if (this.#bytes + bytes > maxBytes) this.#makeRoom(bytes);
    this.#answers.set(key, answer);
    this.#bytes += bytes;
    return true;
  }

  purge(): boolean {
    Atomics.add(this.#parts.generation, 0, 1);
    this.#followPurge();
    return true;
  }

  #makeRoom(bytes: number): void {
    const { maxBytes, onDropped } = this.#parts;
    const keptBytes = maxBytes - Math.max(bytes, maxBytes * ROOM_SHARE);
    for (const [oldest, dropped] of this.#answers) {
      if (this.#bytes <= keptBytes) break;
      this.#drop(oldest, dropped);
      onDropped();
    }
  }

  #drop(key: string, answer: KeptAnswer): void {
    this.#answers.delete(key);
    this.#bytes -= bytesOf(answer);
  }

  #followPurge(): void {
    const generation = Atomics.load(this.#parts.generation, 0);
    if (generation === this.#generation) return;
    this.#generation = generation;
    this.#answers.clear();
    this.#bytes = 0;
  }
}
