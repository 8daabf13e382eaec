/** Opens the database of the ledger, on the thread that has it. */

import type { Clock } from "../../core/clock.ts";
import type { LedgerStore } from "../../core/ledger/ledger_store.ts";
import type { LedgerOptions } from "../../state/ledger/options.ts";
import { isPostgresAddress } from "../../state/state_address.ts";

/** A store that has a thread of its own; it can be sent to that. */
export interface StoreAddress {
  /** A folder, or an address of Postgres. */
  readonly state: string;
  readonly options: LedgerOptions;
}

/** Rejects with `StateError`, or with `NewerStateError` where a newer Weir has written it. */
export async function openStore(
  { state, options }: StoreAddress,
  clock: Clock,
): Promise<LedgerStore> {
  if (isPostgresAddress(state)) {
    const { openPostgresStore } = await import("../../state/ledger/postgres/postgres_store.ts");
    return await openPostgresStore(state, options, clock);
  }
  const { openSqliteStore } = await import("../../state/ledger/sqlite/sqlite_store.ts");
  return openSqliteStore(state, options, clock);
}
