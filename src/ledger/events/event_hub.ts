/** Events of all threads, and those who want to know of them. */

import {
  isOfCall,
  type LedgerEvent,
  type LedgerEvents,
  type StopListening,
} from "../../core/ledger/ledger.ts";
import { HealthOfAll } from "./provider_health.ts";

export type EventListener = (event: LedgerEvent) => void;

/** Pages that are open at the same time, and threads. */
const MAX_VIEWERS = 256;

export class EventHub implements LedgerEvents {
  readonly #viewers = new Set<EventListener>();
  readonly #always = new Set<EventListener>();
  readonly #onViewers = new Set<(hasViewers: boolean) => void>();
  readonly #health = new HealthOfAll();
  hasViewers = false;

  publish(event: LedgerEvent): void {
    if (!this.#health.isNews(event)) return;
    for (const listener of this.#viewers) listener(event);
    if (isOfCall(event.type)) return;
    for (const listener of this.#always) listener(event);
  }

  /** Where too many watch already, the oldest of them is told nothing any more. */
  subscribe(listener: EventListener): StopListening {
    const [oldest] = this.#viewers;
    if (oldest !== undefined && this.#viewers.size >= MAX_VIEWERS) this.#viewers.delete(oldest);
    this.#viewers.add(listener);
    this.#noteViewers();
    return () => {
      this.#viewers.delete(listener);
      this.#noteViewers();
    };
  }

  /** Told of everything but calls, without being a viewer. */
  observe(listener: EventListener): void {
    this.#always.add(listener);
  }

  /** Told when the first comes and when the last has left. */
  onViewers(listener: (hasViewers: boolean) => void): StopListening {
    this.#onViewers.add(listener);
    return () => this.#onViewers.delete(listener);
  }

  #noteViewers(): void {
    const hasViewers = this.#viewers.size > 0;
    if (hasViewers === this.hasViewers) return;
    this.hasViewers = hasViewers;
    for (const listener of this.#onViewers) listener(hasViewers);
  }
}
