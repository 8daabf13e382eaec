/** Copies the ledger for whoever keeps it elsewhere. */

import { StateError } from "../installation_secret.ts";
import { isPostgresAddress } from "../state_address.ts";
import { copyDatabase } from "./sqlite/copy_database.ts";
import { Database, databaseError } from "./sqlite/database.ts";
import { LEDGER_FILE } from "./sqlite/sqlite_store.ts";

/**
 * Writes a copy of the ledger that can be put in its place; a gateway may be running on it.
 *
 * @param state As the configuration has it.
 * @param file Where nothing is yet.
 * @throws `StateError`
 */
export function backupState(state: string | undefined, file: string): void {
  if (state === undefined) {
    throw new StateError("There is no ledger to copy: it lies in memory where STATE is not set");
  }
  if (isPostgresAddress(state)) {
    throw new StateError("The ledger is in Postgres, which has a tool of its own: run pg_dump");
  }
  const path = `${state}/${LEDGER_FILE}`;
  const database = openExisting(path);
  try {
    copyDatabase(database, file);
  } finally {
    database.close();
  }
}

/** It is not brought to another version by being copied. */
function openExisting(path: string): Database {
  try {
    Deno.statSync(path);
    return new Database(path, "normal");
  } catch (thrown) {
    throw databaseError(path, "opened", thrown);
  }
}
