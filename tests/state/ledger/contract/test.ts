/** One promise of every store of the ledger, as the files beside it name them. */

import type { LedgerStore } from "../../../../src/core/ledger/ledger_store.ts";
import type { LedgerOptions } from "../../../../src/state/ledger/options.ts";

/** Tests a store that is made for it; options are the defaults but for those given. */
export type Test = (
  name: string,
  body: (store: LedgerStore) => Promise<void>,
  given?: Partial<LedgerOptions>,
) => void;
