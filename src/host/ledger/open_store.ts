/** Where the ledger keeps what it keeps, by the word of `STATE`. */

import type { Clock } from "../../core/clock.ts";
import type { LedgerStore } from "../../core/ledger/ledger_store.ts";
import type { LedgerOptions } from "../../state/ledger/options.ts";

/** A store that has a thread of its own; it can be sent to that. */
export interface StoreAddress {
  readonly kind: "sqlite" | "postgres";
  /** A folder, or a `postgres://` address. */
  readonly state: string;
  readonly options: LedgerOptions;
}
