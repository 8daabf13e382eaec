/** The ledger in a file, by SQLite. */

import type { Clock } from "../../../core/clock.ts";
import type { LedgerStore } from "../../../core/ledger/ledger_store.ts";
import { StateError } from "../../installation_secret.ts";
import type { LedgerOptions } from "../options.ts";

/**
 * Opens the database, or makes it. All work is done in the thread that asks, which should serve nobody.
 *
 * @throws `StateError`, which is a `NewerStateError` where a newer Weir has written it.
 */
export function openSqliteStore(path: string, _options: LedgerOptions, _clock: Clock): LedgerStore {
  throw new StateError(`${path} cannot be opened yet`);
}
