/** Opens the ledger's database, and brings it to the version that this program knows. */

import type { Entity } from "../../../core/ledger/ledger_store.ts";
import { NewerStateError } from "../../installation_secret.ts";
import { entityOf } from "../entity_rows.ts";
import { copyDatabase } from "./copy_database.ts";
import { Database, databaseError } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

/** Its owner's alone; what SQLite puts beside it gets the same. */
const FILE_MODE = 0o600;

/**
 * @param migrations Those that there are, but in tests.
 * @throws `StateError`
 */
export function openDatabase(
  path: string,
  synchronous: "normal" | "full",
  migrations: readonly string[] = MIGRATIONS,
): Database {
  let database: Database | undefined;
  try {
    makeFile(path);
    database = new Database(path, synchronous);
    migrate(database, migrations);
    return database;
  } catch (thrown) {
    database?.close();
    throw databaseError(path, "opened", thrown);
  }
}

/** Before SQLite does, which asks nobody who may read it. */
function makeFile(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: FILE_MODE }).close();
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
  }
}

function migrate(database: Database, migrations: readonly string[]): void {
  const known = migrations.length;
  for (let version = versionOf(database); version !== known; version = versionOf(database)) {
    if (version > known) throw newerError(database, version, known);
    // Nothing is in it before the first.
    if (version > 0) copyBefore(database, version + 1);
    database.write(() => {
      // Another process that starts may have been faster.
      if (versionOf(database) !== version) return;
      database.execute(migrations[version] ?? "");
      database.execute(`PRAGMA user_version = ${version + 1}`);
    });
  }
}

function versionOf(database: Database): number {
  return database.number("PRAGMA user_version");
}

/** A copy that is there already is of an attempt that failed, or of another process. */
function copyBefore(database: Database, version: number): void {
  const path = `${database.path}.before-${version}`;
  try {
    Deno.removeSync(path);
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
  copyDatabase(database, path);
}

function newerError(database: Database, version: number, known: number): NewerStateError {
  return new NewerStateError(
    `${database.path} was written by a newer Weir (version ${version} of its tables; this one knows ${known}): ` +
      `run that one, or put its copy ${database.path}.before-${known + 1} in its place`,
    readEntities(database),
  );
}

/** As well as it can be done with tables that are not known. */
function readEntities(database: Database): readonly Entity[] | undefined {
  try {
    return database.all("SELECT kind, id, body FROM entities").map(entityOf);
  } catch {
    return undefined;
  }
}
