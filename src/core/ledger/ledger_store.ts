/**
 * Where the ledger keeps calls, their sums, and what is made at run time: in memory, SQLite or Postgres.
 *
 * Every method may be asked from another thread: what it takes and gives can be cloned. Each rejects where
 * the store cannot be reached; whoever asks goes on without. What nobody could answer rejects with
 * `LedgerQueryError`.
 *
 * @module
 */

import type { JsonObject } from "../text/json.ts";
import type { CallRecord } from "./call_record.ts";

/** What was asked cannot be answered by whoever asked it so; the message is for them. */
export class LedgerQueryError extends Error {
  override readonly name = "LedgerQueryError";
}

/** What stands for names beyond those that are told apart. */
export const OTHERS = "(others)";

/**
 * What sums can be told apart by. `tag:NAME` is the value of a tag; `hour` is an ISO time in UTC, `day` a
 * date.
 *
 * By `provider`, costs are what each was charged for by its attempts; calls and tokens are counted where the
 * call ended.
 */
export type UsageGroup =
  | "hour"
  | "day"
  | "key"
  | "team"
  | "model"
  | "provider"
  | "surface"
  | `tag:${string}`;

/** Which calls are meant; members that are absent leave it open. Times are milliseconds since the Unix epoch. */
export interface CallFilter {
  readonly fromMs?: number;
  /** Not itself. */
  readonly untilMs?: number;
  readonly key?: string;
  readonly team?: string;
  /** As it was asked for. */
  readonly model?: string;
  readonly provider?: string;
  readonly surface?: string;
  readonly tag?: readonly [name: string, value: string];
}

/** Sums are kept by hour: those in which the window begins and ends are counted whole. */
export interface UsageQuery extends CallFilter {
  readonly groups: readonly UsageGroup[];
  /** IANA name, for `day`. */
  readonly timeZone: string;
}

export interface UsageSums {
  readonly calls: number;
  /** Of them, those that are not complete. */
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  /** US dollars, as far as they are known. */
  readonly costUsd: number;
  /** Calls whose cost is not known. */
  readonly unpriced: number;
  /** Calls whose cost is estimated. */
  readonly estimated: number;
}

export interface UsageRow extends UsageSums {
  /** Values of the groups asked for, in their order; empty where a call has none. */
  readonly group: readonly string[];
}

export interface CallsQuery extends CallFilter {
  readonly outcome?: string;
  /** Status of the answer, or its hundreds as 1 to 5. */
  readonly status?: number;
  /** Looked for in ids, names, codes and causes of the newest `TEXT_SEARCH_CALLS` of the window. */
  readonly text?: string;
  readonly limit: number;
  /** What the page before said. */
  readonly cursor?: string;
}

export const TEXT_SEARCH_CALLS = 100_000;

export interface CallsPage {
  /** The newest first, without their bodies. */
  readonly calls: readonly CallRecord[];
  readonly nextCursor: string | undefined;
  /** A text was looked for among the newest calls only, and there are older ones. */
  readonly isPartial: boolean;
}

export const MAX_USAGE_ROWS = 50_000;

/** What is made at run time. */
export type EntityKind = "key" | "team" | "budget";

export interface Entity {
  readonly kind: EntityKind;
  readonly id: string;
  /** As the kind's own schema has it; no secret is ever in it, only hashes. */
  readonly body: JsonObject;
}

/** One change of something, with what is written in the audit trail, in one transaction. */
export interface EntityChange {
  readonly kind: EntityKind;
  readonly id: string;
  /** `null` removes it. */
  readonly body: JsonObject | null;
  /** The body that it was made of, where there was one: nothing is changed where another stands there by now. */
  readonly replaces?: JsonObject;
  readonly audit: AuditEntry;
}

export interface AuditEntry {
  readonly atMs: number;
  /** Who: `admin`, a name of the single sign-on, `cli`. */
  readonly who: string;
  /** What: `key.create`, `key.rotate`, `configuration.reload`... */
  readonly action: string;
  /** Id of what was changed. */
  readonly target: string;
  readonly before: JsonObject | null;
  readonly after: JsonObject | null;
}

export interface AuditPage {
  /** The newest first. */
  readonly entries: readonly AuditEntry[];
  readonly nextCursor: string | undefined;
}

/** Whose spending: `all` has no name. */
export interface SpendScope {
  readonly kind: "key" | "team" | "provider" | "all";
  readonly name: string;
}

export interface LedgerStore {
  /**
   * When processes began that had the store and have ended without closing it: of each, the calls of its last
   * moments may be missing. Each is told of once.
   */
  readonly unclosedSinceMs?: readonly number[];
  /** Records that the store has already, by their `uid`, change nothing. */
  append(records: readonly CallRecord[]): Promise<void>;
  /** In the order of their groups' texts. At most `MAX_USAGE_ROWS`; where there are more, it rejects. */
  usage(query: UsageQuery): Promise<readonly UsageRow[]>;
  calls(query: CallsQuery): Promise<CallsPage>;
  /** By its `uid`, or the newest by its `request_id`. */
  call(id: string): Promise<CallRecord | undefined>;
  /** US dollars since a time, for each scope in their order. */
  spentSince(asked: readonly { scope: SpendScope; fromMs: number }[]): Promise<readonly number[]>;
  entities(): Promise<readonly Entity[]>;
  /** Grows with every change of an entity, by whomever. */
  version(): Promise<number>;
  /** False, with nothing changed, where what it `replaces` is no longer there. */
  change(change: EntityChange): Promise<boolean>;
  /** For what changes no entity. */
  note(entry: AuditEntry): Promise<void>;
  audit(limit: number, cursor?: string): Promise<AuditPage>;
  /** Drops what is older than it may be kept; sums stay. */
  prune(nowMs: number): Promise<void>;
  /** Writes a copy that can be opened in place of it. Rejects where the store has none of its own. */
  backup(path: string): Promise<void>;
  close(): Promise<void>;
}
