/** The ledger of a thread that serves beside others, which goes through the main thread. */

import type { Clock } from "../../core/clock.ts";
import {
  isOfCall,
  type Ledger,
  type LedgerEvent,
  type LedgerEvents,
  type StopListening,
} from "../../core/ledger/ledger.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import { EntityTable } from "../../ledger/entity_table.ts";
import { EventBatches } from "../../ledger/events/event_batches.ts";
import { EventHub, type EventListener } from "../../ledger/events/event_hub.ts";
import { BatchWriter } from "../../ledger/writing/batch_writer.ts";
import type { RecordBatch } from "../../ledger/writing/record_lines.ts";
import { type AskLedger, linkedQueries } from "./store_place.ts";

/** What a thread is told by the main thread without having asked. */
export type LedgerNews = {
  /** What is in force; `undefined` while nobody knows. */
  readonly ledgerEntities: (entities: readonly Entity[] | undefined) => void;
  /** Whether anybody watches calls, on any thread. */
  readonly ledgerWatched: (isWatched: boolean) => void;
  readonly ledgerEvents: (events: readonly LedgerEvent[]) => void;
};

/** What a thread asks of the main thread, which has the ledger. */
export interface LedgerLink {
  readonly ask: AskLedger;
  readonly sendRecords: (batch: RecordBatch) => Promise<void>;
  readonly sendEvents: (events: readonly LedgerEvent[]) => void;
  /** Wants to be sent events, or no more. */
  readonly watch: (isWatching: boolean) => void;
}

export interface WorkerLedger {
  readonly ledger: Ledger;
  readonly news: LedgerNews;
}

export function createWorkerLedger(link: LedgerLink, clock: Clock): WorkerLedger {
  const entities = new EntityTable();
  const events = new WorkerEvents(link, clock);
  const writer = new BatchWriter(link.sendRecords, clock);
  return {
    ledger: {
      record: (record) => writer.add(record),
      store: linkedQueries(link.ask),
      entities,
      events,
      flush: async () => {
        events.flush();
        await writer.flush();
      },
    },
    news: {
      ledgerEntities: (known) => {
        if (known !== undefined) entities.set(known);
      },
      ledgerWatched: (isWatched) => {
        events.hasViewers = isWatched;
      },
      ledgerEvents: (batch) => batch.forEach((event) => events.receive(event)),
    },
  };
}

class WorkerEvents implements LedgerEvents {
  hasViewers = false;
  readonly #own = new EventHub();
  readonly #sent: EventBatches;

  constructor({ sendEvents, watch }: LedgerLink, clock: Clock) {
    this.#sent = new EventBatches(sendEvents, clock);
    this.#own.onViewers(watch);
  }

  publish(event: LedgerEvent): void {
    if (isOfCall(event.type) && !this.hasViewers) return;
    this.#sent.add(event);
  }

  subscribe(listener: EventListener): StopListening {
    return this.#own.subscribe(listener);
  }

  /** From any thread, this one included. */
  receive(event: LedgerEvent): void {
    this.#own.publish(event);
  }

  flush(): void {
    this.#sent.flush();
  }
}
