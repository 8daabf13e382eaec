/**
 * Long timers, many of which share one of the runtime: that takes 3 µs to start and stop one, and a call
 * has five that hardly ever fire.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../core/clock.ts";

const TICK_MS = 100;
/** Below it a tick would matter. */
const MIN_DELAY_MS = 1_000;

interface Entry {
  readonly callback: () => void;
}

/** Timers of a second and more run up to 100 ms late; shorter ones are the runtime's own. */
export class TimerWheel {
  readonly #clock: Pick<Clock, "nowMs" | "schedule">;
  readonly #dueAt = new Map<number, Set<Entry>>();
  /** The last tick whose timers have run; `undefined` while nothing is waited for. */
  #lastTick: number | undefined;

  constructor(clock: Pick<Clock, "nowMs" | "schedule">) {
    this.#clock = clock;
  }

  schedule(delayMs: number, callback: () => void): CancelTimer {
    if (delayMs < MIN_DELAY_MS) return this.#clock.schedule(delayMs, callback);
    const nowMs = this.#clock.nowMs();
    const tick = Math.ceil((nowMs + delayMs) / TICK_MS);
    const due = this.#dueAt.get(tick) ?? new Set();
    if (due.size === 0) this.#dueAt.set(tick, due);
    const entry = { callback };
    due.add(entry);
    this.#start(nowMs);
    return () => {
      // Of a set that has run or was emptied before, nothing is found.
      if (due.delete(entry) && due.size === 0) this.#dueAt.delete(tick);
    };
  }

  #start(nowMs: number): void {
    if (this.#lastTick !== undefined) return;
    this.#lastTick = Math.floor(nowMs / TICK_MS);
    this.#clock.schedule(TICK_MS, this.#turn);
  }

  readonly #turn = (): void => {
    const nowTick = Math.floor(this.#clock.nowMs() / TICK_MS);
    for (let tick = (this.#lastTick ?? nowTick) + 1; tick <= nowTick; tick++) this.#run(tick);
    const isWaiting = this.#dueAt.size > 0;
    this.#lastTick = isWaiting ? nowTick : undefined;
    if (isWaiting) this.#clock.schedule(TICK_MS, this.#turn);
  };

  #run(tick: number): void {
    const due = this.#dueAt.get(tick);
    if (due === undefined) return;
    this.#dueAt.delete(tick);
    for (const entry of due) {
      // Each by itself, so that one that throws keeps no other from running.
      this.#clock.schedule(0, () => {
        if (due.delete(entry)) entry.callback();
      });
    }
  }
}
