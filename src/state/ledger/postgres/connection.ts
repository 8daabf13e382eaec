/** Connections to Postgres, and what its errors mean to whoever runs this. */

import type { Row } from "../row.ts";
import postgres from "postgres";
import { type Entity, LedgerQueryError } from "../../../core/ledger/ledger_store.ts";
import { NewerStateError, StateError } from "../../installation_secret.ts";
import { shownAddress } from "../../state_address.ts";
import { entityOf } from "../entity_rows.ts";
import { MIGRATIONS } from "./migrations.ts";

const CONNECTIONS = 4;
const CONNECT_SECONDS = 3;
const IDLE_SECONDS = 60;
const CLOSE_SECONDS = 5;
const STATEMENT_MS = 10_000;
/** By which machines that start at once take turns; any number that is ours alone. */
const MIGRATION_LOCK = 0x57656972;

export type Value = string | number | null | readonly (string | number | null)[];

/** Runs one statement. */
export type Run = (sql: string, values?: readonly Value[]) => Promise<readonly Row[]>;

export class Connection {
  readonly #sql: postgres.Sql;
  readonly #shown: string;

  constructor(address: string) {
    this.#shown = shownAddress(address);
    this.#sql = postgres(address, {
      max: CONNECTIONS,
      connect_timeout: CONNECT_SECONDS,
      idle_timeout: IDLE_SECONDS,
      connection: {
        application_name: "weir",
        statement_timeout: STATEMENT_MS,
        // Others wait for what a machine that fell silent in a transaction has locked.
        idle_in_transaction_session_timeout: STATEMENT_MS,
      },
      onnotice: () => {},
    });
  }

  /** Rejects with a `StateError` where Postgres does not do it. */
  readonly run: Run = (sql, values) => this.#try(() => runOn(this.#sql)(sql, values));

  /** All of it or nothing. */
  async write<Result>(action: (run: Run) => Promise<Result>): Promise<Result> {
    // The library's type takes arrays of promises apart, of which there are none.
    return await this.#try(() => this.#sql.begin((sql) => action(runOn(sql)))) as Result;
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: CLOSE_SECONDS });
  }

  async #try<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (thrown) {
      throw postgresError(this.#shown, thrown);
    }
  }
}

function runOn(sql: postgres.Sql | postgres.TransactionSql): Run {
  // Its own type of values has no arrays, which it takes.
  return async (text, values = []) =>
    await sql.unsafe(text, values as postgres.ParameterOrJSON<never>[], { prepare: true });
}

/** By the codes of Postgres, of the system and of the library. */
const REMEDIES: readonly (readonly [codes: RegExp, remedy: string])[] = [
  [/^28/, "look at the user and the password in STATE"],
  [/^3D000/, "create that database, or name another in STATE"],
  [/^42501/, "let the user of STATE create a schema in this database and write in it"],
  [/^(?:53100|53200|54)/, "give it more room"],
  [/^53300/, "let it take more connections"],
  [/^25006/, "it only reads: name the server that writes in STATE"],
  [/^(?:E|CONNECT|CONNECTION)/, "see that it runs and can be reached from here"],
];

function postgresError(shown: string, thrown: unknown): Error {
  if (thrown instanceof StateError || thrown instanceof LedgerQueryError) return thrown;
  if (!(thrown instanceof Error) || !("code" in thrown)) {
    return thrown instanceof Error ? thrown : new Error(String(thrown));
  }
  const [, remedy] = REMEDIES.find(([codes]) => codes.test(String(thrown.code))) ?? [];
  const sentence = `The ledger in ${shown} could not be used (${thrown.message})`;
  return new StateError(remedy === undefined ? sentence : `${sentence}; ${remedy}`);
}

/**
 * Connects, and brings the tables to the version that this program knows.
 *
 * @throws `StateError`
 */
export async function connect(
  address: string,
  migrations: readonly string[] = MIGRATIONS,
): Promise<Connection> {
  const connection = new Connection(address);
  try {
    await connection.write((run) => migrate(run, migrations, shownAddress(address)));
    return connection;
  } catch (thrown) {
    await connection.close();
    throw thrown;
  }
}

async function migrate(run: Run, migrations: readonly string[], shown: string): Promise<void> {
  await run("SELECT pg_advisory_xact_lock($1)", [MIGRATION_LOCK]);
  // Not asked for where it is there, since a user who may not create one may use it.
  const [found] = await run("SELECT to_regclass('weir.versions') AS name");
  if ((found?.["name"] ?? null) === null) {
    await run("CREATE SCHEMA IF NOT EXISTS weir");
    await run("CREATE TABLE weir.versions (name text PRIMARY KEY, version bigint NOT NULL)");
    await run("CREATE TABLE weir.secrets (name text PRIMARY KEY, secret text NOT NULL)");
    await run("INSERT INTO weir.versions VALUES ('tables', 0)");
  }
  const [row] = await run("SELECT version FROM weir.versions WHERE name = 'tables'");
  const version = Number(row?.["version"]);
  if (version > migrations.length) throw await newerError(run, shown, version, migrations.length);
  for (const migration of migrations.slice(version)) {
    for (const statement of migration.split(";")) {
      if (statement.trim() !== "") await run(statement);
    }
  }
  if (version === migrations.length) return;
  await run("UPDATE weir.versions SET version = $1 WHERE name = 'tables'", [migrations.length]);
}

async function newerError(
  run: Run,
  shown: string,
  version: number,
  known: number,
): Promise<NewerStateError> {
  return new NewerStateError(
    `The ledger in ${shown} was written by a newer Weir (version ${version} of its tables; this one ` +
      `knows ${known}): run that one, or restore a dump from before it`,
    await readEntities(run),
  );
}

/** As well as it can be done with tables that are not known. */
async function readEntities(run: Run): Promise<readonly Entity[] | undefined> {
  try {
    return (await run("SELECT kind, id, body FROM weir.entities")).map(entityOf);
  } catch {
    return undefined;
  }
}
