/**
 * The ledger as a thread has it that serves: what it writes its calls to, what is made at run time as it is in
 * force here, and what happens now.
 *
 * @module
 */

import type { JsonObject } from "../text/json.ts";
import type { CallRecord } from "./call_record.ts";
import type { Entity, EntityKind, LedgerStore } from "./ledger_store.ts";

export interface Ledger {
  /** Takes a microsecond or two and never throws: what cannot be written is counted and logged. */
  readonly record: (record: CallRecord) => void;
  /** Queries and changes. They reject where the store is away. */
  readonly store: LedgerQueries;
  readonly entities: LedgerEntities;
  readonly events: LedgerEvents;
  /** Resolves when all that was recorded has left this thread. */
  readonly flush: () => Promise<void>;
}

/** What a thread asks of the store; to write calls and to clear up is the hub's. */
export type LedgerQueries = Omit<LedgerStore, "append" | "prune" | "close" | "unclosedSinceMs">;

/** What is made at run time. A change that `store.change()` was asked for is in force here once that resolves. */
export interface LedgerEntities {
  /** Whether they could be read yet; until then there seem to be none. */
  readonly isKnown: boolean;
  /** As they are in force in this thread, which follows every change of any thread or machine within 2 s. */
  readonly of: (kind: EntityKind) => readonly Entity[];
  /** Told after a change; returns what ends it. */
  readonly onChange: (listener: () => void) => StopListening;
}

export type StopListening = () => void;

export const LEDGER_EVENTS = [
  "call.started",
  "call.attempt",
  "call.first_token",
  "call.ended",
  "budget.reached",
  "provider.down",
  "provider.up",
  "key.expiring",
  "key.changed",
  "configuration.reloaded",
  "ledger.lost",
] as const;

export type LedgerEventType = typeof LEDGER_EVENTS[number];

/** What happens to each call, and is told only while somebody watches. */
export function isOfCall(type: LedgerEventType): boolean {
  return type.startsWith("call.");
}

export interface LedgerEvent {
  readonly type: LedgerEventType;
  /** Milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** Never a key, a prompt or an answer. */
  readonly data: JsonObject;
}

/** What happens now, on every thread of the process. */
export interface LedgerEvents {
  /** Somebody watches calls: what is told of each is made only then. */
  readonly hasViewers: boolean;
  /** Events of calls are dropped where nobody watches; all others reach the webhooks as well. */
  readonly publish: (event: LedgerEvent) => void;
  /** Events of all threads; a listener must be quick and must not throw. */
  readonly subscribe: (listener: (event: LedgerEvent) => void) => StopListening;
}
