/** What was made at run time, as it is in force in one thread. */

import type { LedgerEntities, StopListening } from "../core/ledger/ledger.ts";
import type { Entity, EntityKind } from "../core/ledger/ledger_store.ts";

export class EntityTable implements LedgerEntities {
  /** `undefined` while nobody could be asked for them. */
  #byKind: ReadonlyMap<EntityKind, readonly Entity[]> | undefined;
  readonly #listeners = new Set<() => void>();

  get isKnown(): boolean {
    return this.#byKind !== undefined;
  }

  /** Of every kind; `undefined` while nobody could be asked for them. */
  get all(): readonly Entity[] | undefined {
    return this.#byKind && [...this.#byKind.values()].flat();
  }

  of(kind: EntityKind): readonly Entity[] {
    return this.#byKind?.get(kind) ?? [];
  }

  onChange(listener: () => void): StopListening {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts others into force. */
  set(entities: readonly Entity[]): void {
    this.#byKind = Map.groupBy(entities, ({ kind }) => kind);
    for (const listener of this.#listeners) listener();
  }
}
