/** Keeps responses in a file, so that they outlive the process; the one that was not used for longest gives way. */

import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Clock } from "../../core/clock.ts";
import type { IssuedResponse, KeptResponse } from "../../core/response_store.ts";
import type { ResponsesOptions } from "./options.ts";
import { type ResponseShelf, sizeOf } from "./response_shelf.ts";

const SCHEMA = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA busy_timeout = 5000;
  CREATE TABLE IF NOT EXISTS responses (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, previous TEXT, input BLOB NOT NULL, answer BLOB NOT NULL,
    is_background INTEGER NOT NULL, is_running INTEGER NOT NULL, bytes INTEGER NOT NULL,
    kept_ms INTEGER NOT NULL, used_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS responses_by_use ON responses (used_ms);
  CREATE TABLE IF NOT EXISTS issued (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, upstream TEXT NOT NULL, kept_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS issued_by_age ON issued (kept_ms);
`;

const STATEMENTS = {
  put: `INSERT OR REPLACE INTO responses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  get: `SELECT * FROM responses WHERE id = ? AND kept_ms >= ?`,
  use: `UPDATE responses SET used_ms = ? WHERE id = ?`,
  bytesOf: `SELECT bytes FROM responses WHERE id = ?`,
  delete: `DELETE FROM responses WHERE id = ?`,
  oldest: `SELECT id, bytes FROM responses ORDER BY used_ms LIMIT 16`,
  allBytes: `SELECT coalesce(sum(bytes), 0) AS bytes FROM responses`,
  running: `SELECT * FROM responses WHERE is_running = 1`,
  remember: `INSERT OR REPLACE INTO issued VALUES (?, ?, ?, ?)`,
  issuedAs: `SELECT * FROM issued WHERE id = ?`,
  forget: `DELETE FROM issued WHERE id = ?`,
  countIssued: `SELECT count(*) AS count FROM issued`,
  forgetOldest: `DELETE FROM issued WHERE id IN (SELECT id FROM issued ORDER BY kept_ms LIMIT ?)`,
};

/** Too many are forgotten so many at a time. */
const FORGOTTEN_AT_ONCE = 1_000;

type Row = Record<string, unknown>;

export class SqliteShelf implements ResponseShelf {
  readonly #options: ResponsesOptions;
  readonly #clock: Clock;
  readonly #database: DatabaseSync;
  readonly #run: Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;
  #bytes: number;
  #issued: number;

  /** @param path Of the file. Throws where it cannot be opened. */
  constructor(path: string, options: ResponsesOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#database = new DatabaseSync(path);
    this.#database.exec(SCHEMA);
    this.#run = Object.fromEntries(
      Object.entries(STATEMENTS).map(([name, sql]) => [name, this.#database.prepare(sql)]),
    ) as Record<keyof typeof STATEMENTS, StatementSync>;
    this.#bytes = Number(this.#run.allBytes.get()?.bytes);
    this.#issued = Number(this.#run.countIssued.get()?.count);
  }

  /** Those that a process before this one was running when it ended. */
  running(): readonly KeptResponse[] {
    return this.#run.running.all().map(responseOf);
  }

  put(response: KeptResponse, isRunning: boolean): void {
    this.delete(response.id);
    const bytes = sizeOf(response);
    if (bytes > this.#options.maxBytes) return;
    this.#makeRoom(bytes);
    const { id, owner, previous, input, answer, isBackground } = response;
    const nowMs = this.#clock.epochMs();
    this.#run.put.run(
      ...[id, owner, previous ?? null, input, answer],
      ...[Number(isBackground), Number(isRunning), bytes, nowMs, nowMs],
    );
    this.#bytes += bytes;
  }

  get(id: string): KeptResponse | undefined {
    const nowMs = this.#clock.epochMs();
    const row = this.#run.get.get(id, nowMs - this.#options.maxAgeMs);
    if (row === undefined) return undefined;
    this.#run.use.run(nowMs, id);
    return responseOf(row);
  }

  delete(id: string): void {
    const row = this.#run.bytesOf.get(id);
    if (row === undefined) return;
    this.#bytes -= Number(row.bytes);
    this.#run.delete.run(id);
  }

  remember({ id, owner, upstream }: IssuedResponse): void {
    if (this.issuedAs(id) === undefined) this.#issued++;
    this.#run.remember.run(id, owner, upstream, this.#clock.epochMs());
    const { maxIssued } = this.#options;
    if (this.#issued <= maxIssued) return;
    const count = Math.min(FORGOTTEN_AT_ONCE, Math.ceil(maxIssued / 10));
    this.#issued -= Number(this.#run.forgetOldest.run(count).changes);
  }

  issuedAs(id: string): IssuedResponse | undefined {
    const row: Row | undefined = this.#run.issuedAs.get(id);
    if (row === undefined) return undefined;
    return { id, owner: String(row["owner"]), upstream: String(row["upstream"]) };
  }

  forget(id: string): void {
    this.#issued -= Number(this.#run.forget.run(id).changes);
  }

  close(): void {
    this.#database.close();
  }

  #makeRoom(bytes: number): void {
    while (this.#bytes + bytes > this.#options.maxBytes) {
      const oldest = this.#run.oldest.all();
      if (oldest.length === 0) return;
      for (const { id } of oldest) {
        if (this.#bytes + bytes <= this.#options.maxBytes) return;
        this.delete(String(id));
      }
    }
  }
}

function responseOf(row: Row): KeptResponse {
  return {
    id: String(row["id"]),
    owner: String(row["owner"]),
    previous: row["previous"] === null ? undefined : String(row["previous"]),
    // What was written as such comes back as such.
    input: row["input"] as Uint8Array<ArrayBuffer>,
    answer: row["answer"] as Uint8Array<ArrayBuffer>,
    isBackground: row["is_background"] === 1,
  };
}
