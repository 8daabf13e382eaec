/**
 * Long timers, many of which share one of the runtime: that takes 3 µs to start and stop one, and a call
 * has five that hardly ever fire.
 *
 * @module
 */

import { Bag, type BagItem, OUTSIDE } from "../bytes/bag.ts";
import type { CancelTimer, Clock } from "../core/clock.ts";

const TICK_MS = 100;
/** Below it a tick would matter. */
const MIN_DELAY_MS = 1_000;

interface Timer extends BagItem {
  /** `undefined` once it is cancelled. */
  callback: (() => void) | undefined;
}

/** Timers of a second and more run up to 100 ms late; shorter ones are the runtime's own. */
export class TimerWheel {
  readonly #clock: Pick<Clock, "nowMs" | "schedule">;
  readonly #dueAt = new Map<number, Bag<Timer>>();
  /** The last tick whose timers have run; `undefined` while nothing is waited for. */
  #lastTick: number | undefined;

  constructor(clock: Pick<Clock, "nowMs" | "schedule">) {
    this.#clock = clock;
  }

  schedule(delayMs: number, callback: () => void): CancelTimer {
    if (delayMs < MIN_DELAY_MS) return this.#clock.schedule(delayMs, callback);
    const nowMs = this.#clock.nowMs();
    const tick = Math.ceil((nowMs + delayMs) / TICK_MS);
    const timer: Timer = { callback, place: OUTSIDE };
    this.#dueAtTick(tick).add(timer);
    this.#start(nowMs);
    return () => this.#cancel(timer, tick);
  }

  #dueAtTick(tick: number): Bag<Timer> {
    const known = this.#dueAt.get(tick);
    if (known !== undefined) return known;
    const due = new Bag<Timer>();
    this.#dueAt.set(tick, due);
    return due;
  }

  #cancel(timer: Timer, tick: number): void {
    timer.callback = undefined;
    const due = this.#dueAt.get(tick);
    due?.delete(timer);
    if (due?.size === 0) this.#dueAt.delete(tick);
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
    for (const timer of due.toArray()) {
      // Each by itself, so that one that throws keeps no other from running.
      this.#clock.schedule(0, () => timer.callback?.());
    }
  }
}
