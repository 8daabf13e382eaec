/** Where answers are kept that are given again. */

import type { Clock } from "../../core/clock.ts";
import { bytesOf, type KeptAnswer } from "./kept_answer.ts";

export interface AnswerStore {
  /** `undefined` where there is none, or it is too old. */
  get(key: string): KeptAnswer | undefined | Promise<KeptAnswer | undefined>;
  put(key: string, answer: KeptAnswer): void;
  /** Drops all of them, in every thread. */
  purge(): void;
}

export interface MemoryStoreParts {
  readonly clock: Clock;
  readonly ttlMs: number;
  readonly maxBytes: number;
  /** One number that all threads of the process share; what was kept under another one is gone. */
  readonly generation: Int32Array;
}

/** Answers of one thread; the one that was not asked for longest gives way. */
export class MemoryAnswerStore implements AnswerStore {
  readonly #parts: MemoryStoreParts;
  readonly #answers = new Map<string, KeptAnswer>();
  #bytes = 0;
  #generation: number;

  constructor(parts: MemoryStoreParts) {
    this.#parts = parts;
    this.#generation = Atomics.load(parts.generation, 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#answers.size;
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

  put(key: string, answer: KeptAnswer): void {
    this.#followPurge();
    const before = this.#answers.get(key);
    if (before !== undefined) this.#drop(key, before);
    const bytes = bytesOf(answer);
    if (bytes > this.#parts.maxBytes) return;
    for (const [oldest, dropped] of this.#answers) {
      if (this.#bytes + bytes <= this.#parts.maxBytes) break;
      this.#drop(oldest, dropped);
    }
    this.#answers.set(key, answer);
    this.#bytes += bytes;
  }

  purge(): void {
    Atomics.add(this.#parts.generation, 0, 1);
    this.#followPurge();
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
