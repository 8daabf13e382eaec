/**
 * Copies a database, as it is at one moment, while others go on writing.
 *
 * Rows are read and written one by one. SQLite's own ways are not open to us: one attaches the copy, which the
 * runtime allows only to programs that may read and write everywhere, and the other is missing from the runtime's
 * older versions. Copying the file would give up the locks that this process has on it.
 *
 * @module
 */

import type { Row } from "../row.ts";
import type { Database, Value } from "./database.ts";
import { Database as Copy, databaseError } from "./database.ts";

const ROWS_AT_ONCE = 10_000;

/**
 * Writes it to a path where nothing is yet; half of a copy is never found there.
 *
 * @throws `StateError`
 */
export function copyDatabase(source: Database, path: string): void {
  const aside = `${path}.part`;
  try {
    removeDatabase(aside);
    // What is in a ledger is for its owner alone, in a copy as well.
    Deno.openSync(aside, { write: true, createNew: true, mode: 0o600 }).close();
    const copy = new Copy(aside, "normal");
    try {
      source.read(() => copyAll(source, copy));
      // One file instead of three.
      copy.execute("PRAGMA journal_mode = DELETE");
    } finally {
      copy.close();
    }
    Deno.linkSync(aside, path);
  } catch (thrown) {
    throw databaseError(path, "written", thrown);
  } finally {
    removeDatabase(aside);
  }
}

function copyAll(source: Database, copy: Database): void {
  const objects = source.all(
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
  );
  const tables = objects.filter(({ type }) => type === "table");
  for (const { sql } of tables) copy.execute(String(sql));
  for (const { name } of tables) copyTable(source, copy, String(name));
  // Afterwards, since that is the faster way to make them.
  for (const { type, sql } of objects) {
    if (type !== "table") copy.execute(String(sql));
  }
  copy.execute(`PRAGMA user_version = ${source.number("PRAGMA user_version")}`);
}

function copyTable(source: Database, copy: Database, table: string): void {
  const columns = source.all(`SELECT name FROM pragma_table_info(?)`, table).map(({ name }) =>
    name
  );
  const places = columns.map(() => "?").join(", ");
  const insert = `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`;
  let batch: Row[] = [];
  const write = () => {
    copy.write(() => {
      for (const row of batch) copy.run(insert, ...Object.values(row) as Value[]);
    });
    batch = [];
  };
  for (const row of source.iterate(`SELECT ${columns.join(", ")} FROM ${table}`)) {
    batch.push(row);
    if (batch.length === ROWS_AT_ONCE) write();
  }
  write();
}

function removeDatabase(path: string): void {
  for (const each of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) {
    try {
      Deno.removeSync(each);
    } catch (thrown) {
      if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
    }
  }
}
