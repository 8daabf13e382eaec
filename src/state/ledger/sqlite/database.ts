/** One connection to a database in a file, and what its errors mean to whoever runs this. */

import type { Row } from "../row.ts";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { LedgerQueryError } from "../../../core/ledger/ledger_store.ts";
import { StateError } from "../../installation_secret.ts";

/** Another process that uses the file holds it for milliseconds, but for a migration or a slow disk. */
const BUSY_TIMEOUT_MS = 4_000;
const CACHE_KIB = 16_384;
/** What a long reader has let the log beside the file grow to is given back beyond this. */
const MAX_IDLE_LOG_BYTES = 67_108_864;

export type Value = string | number | null;

export class Database {
  readonly path: string;
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Throws what SQLite says. */
  constructor(path: string, synchronous: "normal" | "full") {
    this.path = path;
    this.#connection = new DatabaseSync(path);
    this.#connection.exec(`
      PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${synchronous === "full" ? "FULL" : "NORMAL"};
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA temp_store = MEMORY;
      PRAGMA journal_size_limit = ${MAX_IDLE_LOG_BYTES};
    `);
  }

  /** Several statements at once, without an answer. */
  execute(sql: string): void {
    this.#connection.exec(sql);
  }

  all(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql).all(...values) as Row[];
  }

  get(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined;
  }

  number(sql: string, ...values: Value[]): number {
    for (const value of Object.values(this.get(sql, ...values) ?? {})) return Number(value);
    return 0;
  }

  /** Each row when it is asked for; the reader may not end before the last. */
  iterate(sql: string, ...values: Value[]): Iterable<Row> {
    return this.#connection.prepare(sql).iterate(...values) as Iterable<Row>;
  }

  /** @returns The rows that were changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepared(sql).run(...values).changes);
  }

  /** All of it or nothing; whoever else writes waits. */
  write<Result>(action: () => Result): Result {
    this.#connection.exec("BEGIN IMMEDIATE");
    return this.#finish(action);
  }

  /** As it is at one moment, while others go on writing. */
  read<Result>(action: () => Result): Result {
    this.#connection.exec("BEGIN");
    return this.#finish(action);
  }

  #finish<Result>(action: () => Result): Result {
    try {
      const result = action();
      this.#connection.exec("COMMIT");
      return result;
    } catch (thrown) {
      this.#rollBack();
      throw thrown;
    }
  }

  #rollBack(): void {
    try {
      this.#connection.exec("ROLLBACK");
    } catch {
      // SQLite has done it already, as it does where a disk is full.
    }
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

/** What SQLite says, and what is to be done about it; the runtime does not hand on its numbers. */
const REMEDIES: readonly (readonly [said: RegExp, remedy: string])[] = [
  [/disk is full/, "free space on its disk; what was not written is lost"],
  [/readonly|read-only/i, "let this program write the file and its folder"],
  [/is locked/, "another program holds it; see that none but Weir opens it for long"],
  [
    /malformed|not a database|encrypted/,
    "it is damaged: stop Weir, move it away together with its -wal and -shm files, " +
    "and put a backup in its place or let Weir make a new one",
  ],
  [
    /unable to open|denied|no such file|requires \w+ access/i,
    "its folder must be there, and this program must be allowed to read and write in it",
  ],
  [/I\/O error/, "look at its disk and at what the system's log says of it"],
];

/** @param done What was to be done with the file: `opened`, `written`. */
export function databaseError(path: string, done: string, thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new StateError(`${path} could not be ${done}`);
  if (thrown instanceof StateError || thrown instanceof LedgerQueryError) return thrown;
  // A fault of ours.
  if (thrown instanceof TypeError || thrown instanceof RangeError) return thrown;
  const { message } = thrown;
  const [, remedy] = REMEDIES.find(([pattern]) => pattern.test(message)) ?? [];
  const sentence = `${path} could not be ${done} (${message})`;
  return new StateError(remedy === undefined ? sentence : `${sentence}; ${remedy}`);
}
