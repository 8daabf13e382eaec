// deno-lint-ignore-file require-await -- Its work is done at once, and rejects where it fails.

/** The ledger in a file, by SQLite. */

import type { Clock } from "../../../core/clock.ts";
import type { CallRecord } from "../../../core/ledger/call_record.ts";
import type {
  AuditEntry,
  AuditPage,
  CallsPage,
  CallsQuery,
  Entity,
  EntityChange,
  LedgerStore,
  SpendScope,
  UsageQuery,
  UsageRow,
} from "../../../core/ledger/ledger_store.ts";
import { makeStateFolder } from "../../installation_secret.ts";
import { readNumber } from "../asked_calls.ts";
import { auditPageOf, auditValuesOf, entityOf, hasBody } from "../entity_rows.ts";
import type { LedgerOptions } from "../options.ts";
import { KnownNames } from "../sums/known_names.ts";
import { SeriesCache } from "../sums/series_cache.ts";
import { appendCalls } from "./append_calls.ts";
import { copyDatabase } from "./copy_database.ts";
import { type Database, databaseError } from "./database.ts";
import { findCall, findCalls } from "./find_calls.ts";
import { openDatabase } from "./open_database.ts";
import { findUnclosed, leaveMark, type OpenMark } from "./open_mark.ts";
import { pruneStep } from "./prune.ts";
import { readSpent, readUsage } from "./read_sums.ts";

export const LEDGER_FILE = "ledger.sqlite";

/**
 * Opens the database of a folder, or makes it. All work is done in the thread that asks, which should
 * serve nobody.
 *
 * @throws `StateError`, which is a `NewerStateError` where a newer Weir has written it.
 */
export function openSqliteStore(folder: string, options: LedgerOptions, clock: Clock): LedgerStore {
  makeStateFolder(folder);
  const path = `${folder}/${LEDGER_FILE}`;
  const database = openDatabase(path, options.synchronous);
  try {
    const unclosedSinceMs = findUnclosed(path);
    const mark = leaveMark(path, clock.epochMs());
    return new SqliteStore(database, options, clock, { unclosedSinceMs, mark });
  } catch (thrown) {
    database.close();
    throw databaseError(path, "opened", thrown);
  }
}

/** What is known of who has the file and had it before. */
interface Holders {
  readonly unclosedSinceMs: readonly number[];
  readonly mark: OpenMark;
}

/** Every method rejects with a `StateError` where the file does not let it. */
export class SqliteStore implements LedgerStore {
  readonly #database: Database;
  readonly #options: LedgerOptions;
  readonly #clock: Clock;
  readonly #names: KnownNames;
  readonly #series: SeriesCache;
  readonly unclosedSinceMs: readonly number[];
  readonly #mark: OpenMark | undefined;
  #isClosed = false;

  constructor(database: Database, options: LedgerOptions, clock: Clock, holders?: Holders) {
    this.unclosedSinceMs = holders?.unclosedSinceMs ?? [];
    this.#mark = holders?.mark;
    this.#database = database;
    this.#options = options;
    this.#clock = clock;
    this.#names = new KnownNames(options);
    this.#series = new SeriesCache(this.#names);
  }

  async append(records: readonly CallRecord[]): Promise<void> {
    const parts = { database: this.#database, series: this.#series, names: this.#names };
    this.#try("written", () => appendCalls(parts, records));
  }

  async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
    const nowMs = this.#clock.epochMs();
    return this.#try("read", () => readUsage(this.#database, this.#series, query, nowMs));
  }

  async calls(query: CallsQuery): Promise<CallsPage> {
    return this.#try("read", () => findCalls(this.#database, this.#series, query));
  }

  async call(id: string): Promise<CallRecord | undefined> {
    return this.#try("read", () => findCall(this.#database, id));
  }

  async spentSince(
    asked: readonly { scope: SpendScope; fromMs: number }[],
  ): Promise<readonly number[]> {
    const nowMs = this.#clock.epochMs();
    return this.#try(
      "read",
      () =>
        asked.map(({ scope, fromMs }) =>
          readSpent(this.#database, this.#series, scope, fromMs, nowMs)
        ),
    );
  }

  async entities(): Promise<readonly Entity[]> {
    return this.#try(
      "read",
      () => this.#database.all("SELECT kind, id, body FROM entities").map(entityOf),
    );
  }

  async version(): Promise<number> {
    return this.#try(
      "read",
      () => this.#database.number("SELECT version FROM versions WHERE name = 'entities'"),
    );
  }

  async change({ kind, id, body, replaces, audit }: EntityChange): Promise<boolean> {
    const database = this.#database;
    return this.#try("written", () =>
      database.write(() => {
        if (replaces !== undefined) {
          const row = database.get("SELECT * FROM entities WHERE kind = ? AND id = ?", kind, id);
          if (!hasBody(row, replaces)) return false;
        }
        if (body === null) {
          database.run("DELETE FROM entities WHERE kind = ? AND id = ?", kind, id);
        } else {
          database.run(
            `INSERT INTO entities (kind, id, body) VALUES (?, ?, ?)
              ON CONFLICT DO UPDATE SET body = excluded.body`,
            ...[kind, id, JSON.stringify(body)],
          );
        }
        database.run("UPDATE versions SET version = version + 1 WHERE name = 'entities'");
        this.#note(audit);
        return true;
      }));
  }

  async note(entry: AuditEntry): Promise<void> {
    this.#try("written", () => this.#note(entry));
  }

  #note(entry: AuditEntry): void {
    this.#database.run(
      "INSERT INTO audit (at_ms, who, action, target, before, after) VALUES (?, ?, ?, ?, ?, ?)",
      ...auditValuesOf(entry),
    );
  }

  async audit(limit: number, cursor?: string): Promise<AuditPage> {
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readNumber(cursor);
    const rows = this.#try("read", () =>
      this.#database.all(
        "SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
        ...[before, limit + 1],
      ));
    return auditPageOf(rows, limit);
  }

  async prune(nowMs: number): Promise<void> {
    const step = () => this.#try("written", () => pruneStep(this.#database, this.#options, nowMs));
    while (!this.#isClosed && step()) await this.#others();
  }

  /** Lets what waits be done. */
  async #others(): Promise<void> {
    const turn = Promise.withResolvers<void>();
    this.#clock.schedule(0, turn.resolve);
    await turn.promise;
  }

  async backup(path: string): Promise<void> {
    copyDatabase(this.#database, path);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#try("closed", () => {
      this.#database.close();
      this.#mark?.release();
    });
  }

  #try<Result>(done: string, action: () => Result): Result {
    try {
      return action();
    } catch (thrown) {
      throw databaseError(this.#database.path, done, thrown);
    }
  }
}
