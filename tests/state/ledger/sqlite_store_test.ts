/** The ledger in a file. */

import { openSqliteStore } from "../../../src/state/ledger/sqlite/sqlite_store.ts";
import { workingDirectory } from "../../support/working_directory.ts";
import { testLedgerStore } from "./store_contract.ts";

testLedgerStore("in a file", async (options, clock) => {
  const folder = await workingDirectory({});
  const store = openSqliteStore(folder.path, options, clock);
  return {
    store,
    [Symbol.asyncDispose]: async () => {
      await store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
});
