/**
 * Time in steps, for the deadlines of connections.
 *
 * A timer for each would be started and stopped three times a request. Instead a deadline is the number of a
 * step, and each step looks at all connections.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../core/clock.ts";

/** Of a deadline that nobody set. */
export const NO_DEADLINE = Infinity;

const MAX_STEP_MS = 500;
/** A deadline may come so much of itself too late. */
const STEPS_A_DEADLINE = 4;

export class Ticker {
  /** The step that it is, as far as anybody has looked. */
  now = 0;
  readonly #clock: Pick<Clock, "nowMs" | "schedule">;
  readonly #stepMs: number;
  readonly #onStep: (now: number) => void;
  #cancel: CancelTimer | undefined;

  /** Steps are short enough for deadlines from `shortestMs` on. */
  constructor(
    clock: Pick<Clock, "nowMs" | "schedule">,
    shortestMs: number,
    onStep: (now: number) => void,
  ) {
    this.#clock = clock;
    this.#stepMs = Math.max(1, Math.min(MAX_STEP_MS, shortestMs / STEPS_A_DEADLINE));
    this.#onStep = onStep;
  }

  /** The first step by which so much time has certainly passed. */
  after(durationMs: number): number {
    return this.now + Math.ceil(durationMs / this.#stepMs) + 1;
  }

  /** To be called before a deadline is set. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.now = Math.floor(this.#clock.nowMs() / this.#stepMs);
    this.#schedule();
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#cancel = this.#clock.schedule(this.#stepMs, () => {
      this.now = Math.floor(this.#clock.nowMs() / this.#stepMs);
      this.#schedule();
      this.#onStep(this.now);
    });
  }
}
