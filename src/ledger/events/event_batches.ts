/** Events on their way to another thread, a few times a second. */

import type { Clock } from "../../core/clock.ts";
import { isOfCall, type LedgerEvent } from "../../core/ledger/ledger.ts";

const BATCH_MS = 50;
/** Of one batch; of calls that are more nobody could read on a page. */
const MAX_EVENTS = 2_000;

export class EventBatches {
  readonly #send: (events: readonly LedgerEvent[]) => void;
  readonly #clock: Clock;
  #pending: LedgerEvent[] = [];

  constructor(send: (events: readonly LedgerEvent[]) => void, clock: Clock) {
    this.#send = send;
    this.#clock = clock;
  }

  add(event: LedgerEvent): void {
    if (this.#pending.length >= MAX_EVENTS && isOfCall(event.type)) return;
    if (this.#pending.push(event) > 1) return;
    this.#clock.schedule(BATCH_MS, () => this.flush());
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    const events = this.#pending;
    this.#pending = [];
    this.#send(events);
  }
}
