/** The ledger in Postgres, for several machines. */

import type { Clock } from "../../../core/clock.ts";
import type { LedgerStore } from "../../../core/ledger/ledger_store.ts";
import { StateError } from "../../installation_secret.ts";
import type { LedgerOptions } from "../options.ts";

/**
 * @param address `postgres://user:password@host/database`.
 * @throws `StateError`, which is a `NewerStateError` where a newer Weir has written it.
 */
export function openPostgresStore(
  _address: string,
  _options: LedgerOptions,
  _clock: Clock,
): Promise<LedgerStore> {
  return Promise.reject(new StateError("Postgres cannot be opened yet"));
}
