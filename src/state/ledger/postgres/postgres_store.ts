/** The ledger in Postgres, for several machines. */

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
import { StateError } from "../../installation_secret.ts";
import { readNumber } from "../asked_calls.ts";
import { auditPageOf, auditValuesOf, entityOf, hasBody } from "../entity_rows.ts";
import type { LedgerOptions } from "../options.ts";
import { KnownNames } from "../sums/known_names.ts";
import { SeriesCache } from "../sums/series_cache.ts";
import { DAY_MS, dayOf, HOUR_MS } from "../sums/windows.ts";
import { appendCalls } from "./append_calls.ts";
import { connect, type Connection, type Run } from "./connection.ts";
import { findCall, findCalls } from "./find_calls.ts";
import { readSpent, readUsage } from "./read_sums.ts";

/** Dropped in one transaction. */
const CALLS_AT_ONCE = 1_000;

/**
 * @param address `postgres://user:password@host/database`.
 * @throws `StateError`, which is a `NewerStateError` where a newer Weir has written it.
 */
export async function openPostgresStore(
  address: string,
  options: LedgerOptions,
  clock: Clock,
): Promise<LedgerStore> {
  return new PostgresStore(await connect(address), options, clock);
}

/** Every method rejects with a `StateError` where Postgres is away. */
class PostgresStore implements LedgerStore {
  readonly #connection: Connection;
  readonly #options: LedgerOptions;
  readonly #clock: Clock;
  readonly #names: KnownNames;
  readonly #cache: SeriesCache;
  #isClosed = false;

  constructor(connection: Connection, options: LedgerOptions, clock: Clock) {
    this.#connection = connection;
    this.#options = options;
    this.#clock = clock;
    this.#names = new KnownNames(options);
    this.#cache = new SeriesCache(this.#names);
  }

  async append(records: readonly CallRecord[]): Promise<void> {
    const parts = { connection: this.#connection, cache: this.#cache, names: this.#names };
    await appendCalls(parts, records);
  }

  async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
    return await readUsage(this.#connection.run, this.#cache, query, this.#clock.epochMs());
  }

  async calls(query: CallsQuery): Promise<CallsPage> {
    return await findCalls(this.#connection.run, this.#cache, query);
  }

  async call(id: string): Promise<CallRecord | undefined> {
    return await findCall(this.#connection.run, id);
  }

  async spentSince(
    asked: readonly { scope: SpendScope; fromMs: number }[],
  ): Promise<readonly number[]> {
    return await readSpent(this.#connection.run, this.#cache, asked, this.#clock.epochMs());
  }

  async entities(): Promise<readonly Entity[]> {
    return (await this.#connection.run("SELECT kind, id, body FROM weir.entities")).map(entityOf);
  }

  async version(): Promise<number> {
    const [row] = await this.#connection.run(
      "SELECT version FROM weir.versions WHERE name = 'entities'",
    );
    return Number(row?.["version"]);
  }

  async change({ kind, id, body, replaces, audit }: EntityChange): Promise<boolean> {
    return await this.#connection.write(async (run) => {
      // First, so that changes of all machines come one after another.
      await run("SELECT FROM weir.versions WHERE name = 'entities' FOR UPDATE");
      if (replaces !== undefined) {
        const [row] = await run("SELECT * FROM weir.entities WHERE kind = $1 AND id = $2", [
          kind,
          id,
        ]);
        if (!hasBody(row, replaces)) return false;
      }
      await run("UPDATE weir.versions SET version = version + 1 WHERE name = 'entities'");
      if (body === null) {
        await run("DELETE FROM weir.entities WHERE kind = $1 AND id = $2", [kind, id]);
      } else {
        await run(
          `INSERT INTO weir.entities (kind, id, body) VALUES ($1, $2, $3)
            ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body`,
          [kind, id, JSON.stringify(body)],
        );
      }
      await note(run, audit);
      return true;
    });
  }

  async note(entry: AuditEntry): Promise<void> {
    await note(this.#connection.run, entry);
  }

  async audit(limit: number, cursor?: string): Promise<AuditPage> {
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : readNumber(cursor);
    const rows = await this.#connection.run(
      "SELECT * FROM weir.audit WHERE id < $1 ORDER BY id DESC LIMIT $2",
      [before, limit + 1],
    );
    return auditPageOf(rows, limit);
  }

  /** What is too much for the database is its operator's to say, by the ages. */
  async prune(nowMs: number): Promise<void> {
    const { run } = this.#connection;
    const { callsMaxAgeMs, sumsMaxAgeMs, auditMaxAgeMs } = this.#options;
    const oldestMs = Math.floor(nowMs - callsMaxAgeMs);
    while (!this.#isClosed && await dropCalls(run, oldestMs));
    await run("DELETE FROM weir.audit WHERE at_ms < $1", [Math.floor(nowMs - auditMaxAgeMs)]);
    if (sumsMaxAgeMs === undefined) return;
    // Whole days of both, since one is taken away from the other.
    const oldestDayMs = dayOf(nowMs - sumsMaxAgeMs);
    await run("DELETE FROM weir.hours WHERE time < $1", [oldestDayMs / HOUR_MS]);
    await run("DELETE FROM weir.days WHERE time < $1", [oldestDayMs / DAY_MS]);
  }

  backup(): Promise<void> {
    return Promise.reject(
      new StateError("The ledger is in Postgres, which has a tool of its own: run pg_dump"),
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#connection.close();
  }
}

async function note(run: Run, entry: AuditEntry): Promise<void> {
  await run(
    `INSERT INTO weir.audit (at_ms, who, action, target, before, after)
      VALUES ($1, $2, $3, $4, $5, $6)`,
    auditValuesOf(entry),
  );
}

/** False where there were none. */
async function dropCalls(run: Run, oldestMs: number): Promise<boolean> {
  const dropped = await run(
    `WITH old AS (
        SELECT ended_ms, uid FROM weir.calls WHERE ended_ms < $1 ORDER BY ended_ms, uid LIMIT $2
      ), records AS (
        DELETE FROM weir.records USING old
        WHERE records.ended_ms = old.ended_ms AND records.uid = old.uid
      )
      DELETE FROM weir.calls USING old
      WHERE calls.ended_ms = old.ended_ms AND calls.uid = old.uid RETURNING 1`,
    [oldestMs, CALLS_AT_ONCE],
  );
  return dropped.length > 0;
}
