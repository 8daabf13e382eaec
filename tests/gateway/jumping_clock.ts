/**
 * A clock that jumps to whatever is waited for, as soon as nothing else is left to run.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { Clock } from "../../src/core/clock.ts";

export class JumpingClock implements Clock {
  readonly #epochMs: number;
  #nowMs = 0;
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  /** @param epochMs The time at its start. */
  constructor(epochMs: number) {
    this.#epochMs = epochMs;
  }

  readonly nowMs = (): number => this.#nowMs;
  readonly epochMs = (): number => this.#epochMs + this.#nowMs;
  readonly schedule = (delayMs: number, callback: () => void): () => void => {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Runs the earliest timer; returns how long it had been waited for. */
  jump(): number {
    const next = this.#timers.toSorted((left, right) => left.dueMs - right.dueMs)[0];
    assert(next !== undefined, "nothing is waited for");
    const waitedMs = next.dueMs - this.#nowMs;
    this.#nowMs = next.dueMs;
    this.#timers = this.#timers.filter((other) => other !== next);
    next.callback();
    return waitedMs;
  }

  /** Lets time pass in which nothing is due. */
  pass(byMs: number): void {
    this.#nowMs += byMs;
  }
}
