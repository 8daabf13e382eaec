/**
 * A clock that stands still until a test moves it.
 *
 * @module
 */

import type { Clock } from "../../src/core/clock.ts";

/** Runs what is due when `advance` is called, and only then. */
export class ManualClock implements Clock {
  #nowMs = 0;
  #timers: { readonly dueMs: number; readonly callback: () => void }[] = [];

  readonly nowMs = (): number => this.#nowMs;
  readonly epochMs = (): number => this.#nowMs;

  readonly schedule = (delayMs: number, callback: () => void): () => void => {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** Callbacks that are still to run. */
  get pending(): number {
    return this.#timers.length;
  }

  advance(byMs: number): void {
    this.#nowMs += byMs;
    const due = this.#timers.filter((timer) => timer.dueMs <= this.#nowMs);
    this.#timers = this.#timers.filter((timer) => timer.dueMs > this.#nowMs);
    for (const { callback } of due) callback();
  }
}
