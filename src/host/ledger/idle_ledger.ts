/** A ledger that keeps nothing. */

import type { Ledger, LedgerQueries } from "../../core/ledger/ledger.ts";

export function createIdleLedger(): Ledger {
  const away = (): Promise<never> => Promise.reject(new Error("There is no ledger here"));
  const store: LedgerQueries = {
    usage: away,
    calls: away,
    call: away,
    spentSince: away,
    entities: away,
    version: away,
    change: away,
    note: away,
    audit: away,
    backup: away,
  };
  return {
    record: () => {},
    store,
    entities: { of: () => [], onChange: () => () => {} },
    events: { hasViewers: false, publish: () => {}, subscribe: () => () => {} },
  };
}
