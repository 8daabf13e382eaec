/** Responses that run in the background, and the events of those that did. */

import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { EventPage, NewEvents } from "../../core/response_store.ts";
import { EventLog } from "./event_log.ts";
import type { ResponsesOptions } from "./options.ts";

/** Whoever waits for events hears that there are none yet, and may see whether its client is still there. */
const MAX_WAIT_MS = 10_000;

interface Run {
  readonly thread: number;
  readonly cancelled: PromiseWithResolvers<boolean>;
  isCancelled: boolean;
}

export class RunningResponses {
  readonly #options: ResponsesOptions;
  readonly #clock: Clock;
  readonly #runs = new Map<string, Run>();
  /** In the order in which they began. */
  readonly #logs = new Map<string, EventLog>();
  readonly #waiting = new Map<string, Set<() => void>>();
  #heldBytes = 0;

  constructor(options: ResponsesOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** False where as many run as may. */
  begin(id: string, thread: number): boolean {
    if (this.#runs.size >= this.#options.maxBackground) return false;
    this.#runs.set(id, { thread, cancelled: Promise.withResolvers(), isCancelled: false });
    const log = new EventLog();
    this.#logs.set(id, log);
    this.#heldBytes += log.heldBytes;
    this.#makeRoom();
    return true;
  }

  isRunning(id: string): boolean {
    return this.#runs.has(id);
  }

  hasEvents(id: string): boolean {
    return this.#logs.has(id);
  }

  append({ id, bytes, ends }: NewEvents): void {
    const log = this.#logs.get(id);
    if (log === undefined || log.isOver) return;
    this.#heldBytes -= log.heldBytes;
    log.append(bytes, ends);
    this.#heldBytes += log.heldBytes;
    this.#makeRoom();
    this.#wake(id);
  }

  /** It is over; its events stay while there is room for them. */
  end(id: string): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    this.#runs.delete(id);
    run.cancelled.resolve(false);
    const log = this.#logs.get(id);
    if (log !== undefined) {
      this.#heldBytes -= log.heldBytes;
      log.end();
      this.#heldBytes += log.heldBytes;
    }
    this.#wake(id);
  }

  /** False where it does not run. */
  cancel(id: string): boolean {
    const run = this.#runs.get(id);
    if (run === undefined) return false;
    run.isCancelled = true;
    run.cancelled.resolve(true);
    return true;
  }

  async untilCancelled(id: string): Promise<boolean> {
    return await this.#runs.get(id)?.cancelled.promise ?? false;
  }

  /** How many events it has so far. */
  countOf(id: string): number {
    return this.#logs.get(id)?.count ?? 0;
  }

  /** Those that a thread has begun and not ended. */
  ofThread(thread: number): readonly string[] {
    return [...this.#runs].filter(([, run]) => run.thread === thread).map(([id]) => id);
  }

  /** Its events go. */
  drop(id: string): void {
    const log = this.#logs.get(id);
    if (log === undefined) return;
    this.#heldBytes -= log.heldBytes;
    this.#logs.delete(id);
    this.#wake(id);
  }

  async read(id: string, after: number): Promise<EventPage | undefined> {
    const page = this.#logs.get(id)?.page(after);
    if (page === undefined || page.isOver || page.last > after) return page;
    await this.#more(id);
    return this.#logs.get(id)?.page(after);
  }

  /** Resolves when there may be more events of it, or after a while. */
  async #more(id: string): Promise<void> {
    const woken = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting.add(woken.resolve));
    const cancelTimer: CancelTimer = this.#clock.schedule(MAX_WAIT_MS, woken.resolve);
    await woken.promise;
    cancelTimer();
    waiting.delete(woken.resolve);
    if (waiting.size === 0 && this.#waiting.get(id) === waiting) this.#waiting.delete(id);
  }

  #wake(id: string): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    for (const wake of waiting ?? []) wake();
  }

  /** Those that are over go first, the oldest first of all; then the oldest that run. */
  #makeRoom(): void {
    const { maxStreamBytes } = this.#options;
    if (this.#heldBytes <= maxStreamBytes) return;
    const ids = [...this.#logs.keys()];
    const over = ids.filter((id) => !this.#runs.has(id));
    for (const id of [...over, ...ids]) {
      if (this.#heldBytes <= maxStreamBytes) return;
      this.drop(id);
    }
  }
}
