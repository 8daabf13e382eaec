// deno-lint-ignore-file require-await -- Other stores are asked over a thread or a network, and so every answer is a promise.

/** The ledger since the start, where nothing is to outlast the process: the newest calls, and sums of all. */

import type { Clock } from "../../core/clock.ts";
import type { CallRecord } from "../../core/ledger/call_record.ts";
import {
  type AuditEntry,
  type AuditPage,
  type CallsPage,
  type CallsQuery,
  type Entity,
  type EntityChange,
  type LedgerStore,
  type SpendScope,
  TEXT_SEARCH_CALLS,
  type UsageQuery,
  type UsageRow,
} from "../../core/ledger/ledger_store.ts";
import { StateError } from "../installation_secret.ts";
import {
  isAsked,
  isBefore,
  isWithin,
  outcomeOf,
  positionOf,
  readNumber,
  readPosition,
  statusOf,
  withoutBodies,
} from "./asked_calls.ts";
import { MemorySums } from "./memory_sums.ts";
import type { LedgerOptions } from "./options.ts";
import { hasText } from "./search_text.ts";
import { type Dimensions, matches, sharesOf } from "./sums/dimensions.ts";
import { KnownNames } from "./sums/known_names.ts";
import { timeGroupOf, UsageRows } from "./sums/usage_rows.ts";
import { askedHours, dayNames, HOUR_MS, hourOf } from "./sums/windows.ts";

const MAX_AUDIT_ENTRIES = 10_000;
/** Dropped calls leave in such parts of all, so that the rest is not moved for each. */
const SLACK = 1.1;

interface Kept {
  readonly record: CallRecord;
  readonly dimensions: Dimensions;
}

export function createMemoryStore(options: LedgerOptions, clock: Clock): LedgerStore {
  return new MemoryStore(options, clock);
}

class MemoryStore implements LedgerStore {
  readonly #options: LedgerOptions;
  readonly #clock: Clock;
  readonly #names: KnownNames;
  readonly #sums: MemorySums;
  /** In the order of their ends. */
  #calls: Kept[] = [];
  readonly #uids = new Set<string>();
  readonly #entities = new Map<string, Entity>();
  readonly #audit: AuditEntry[] = [];
  /** Entries of the audit trail that are gone. */
  #forgotten = 0;
  #version = 0;

  constructor(options: LedgerOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    this.#names = new KnownNames(options);
    this.#sums = new MemorySums(options.maxSeries);
  }

  async append(records: readonly CallRecord[]): Promise<void> {
    for (const record of records) this.#append(record);
    const { maxCallsInMemory } = this.#options;
    if (this.#calls.length > SLACK * maxCallsInMemory) {
      this.#dropOldest(this.#calls.length - maxCallsInMemory);
    }
  }

  #append(record: CallRecord): void {
    const { uid, endedMs } = record;
    if (this.#uids.has(uid)) return;
    this.#uids.add(uid);
    const dimensions = this.#names.dimensionsOf(record);
    for (const share of sharesOf(record, dimensions)) this.#sums.add(endedMs, share);
    // Mostly the last one; those of other threads come a little out of order.
    let at = this.#calls.length;
    while (at > 0 && isAfter(this.#calls[at - 1], record)) at--;
    if (at === this.#calls.length) this.#calls.push({ record, dimensions });
    else this.#calls.splice(at, 0, { record, dimensions });
  }

  async usage(query: UsageQuery): Promise<readonly UsageRow[]> {
    const window = askedHours(query, this.#clock.epochMs());
    const rows = new UsageRows(query.groups);
    const nameOf = timeNames(query);
    for (const { hourMs, dimensions, sums } of this.#sums.within(window, query)) {
      rows.add(nameOf(hourMs), dimensions, sums);
    }
    return rows.sorted();
  }

  async calls(query: CallsQuery): Promise<CallsPage> {
    const { limit, text, cursor } = query;
    const before = cursor === undefined ? undefined : readPosition(cursor);
    const windowed = this.#calls.filter(({ record }) => isWithin(record, query));
    const searched = text === undefined ? windowed : windowed.slice(-TEXT_SEARCH_CALLS);
    const isPartial = searched.length < windowed.length;
    const calls: CallRecord[] = [];
    for (const { record, dimensions } of searched.reverse()) {
      if (before !== undefined && !isBefore(record, before)) continue;
      if (!isAsked(outcomeOf(record), statusOf(record), query)) continue;
      if (!matches(dimensions, query)) continue;
      if (text !== undefined && !hasText(record, dimensions, text)) continue;
      if (calls.length === limit) {
        return { calls, nextCursor: positionOf(calls.at(-1) as CallRecord), isPartial };
      }
      calls.push(withoutBodies(record));
    }
    return { calls, nextCursor: undefined, isPartial };
  }

  async call(id: string): Promise<CallRecord | undefined> {
    return (this.#calls.findLast(({ record }) => record.uid === id) ??
      this.#calls.findLast(({ record }) => record.line["request_id"] === id))?.record;
  }

  async spentSince(
    asked: readonly { scope: SpendScope; fromMs: number }[],
  ): Promise<readonly number[]> {
    return asked.map(({ scope, fromMs }) => this.#spent(scope, fromMs));
  }

  /** Of the hour in which it begins, its calls are looked at; the others are summed. */
  #spent({ kind, name }: SpendScope, fromMs: number): number {
    const filter = kind === "all" ? {} : { [kind]: name };
    const wholeMs = Math.ceil(fromMs / HOUR_MS) * HOUR_MS;
    let spent = 0;
    for (const { sums } of this.#sums.within({ fromMs: wholeMs, untilMs: Infinity }, filter)) {
      spent += sums.costUsd;
    }
    for (const { record, dimensions } of this.#calls) {
      if (record.endedMs < fromMs || record.endedMs >= wholeMs) continue;
      for (const share of sharesOf(record, dimensions)) {
        if (matches(share.dimensions, filter)) spent += share.sums.costUsd;
      }
    }
    return spent;
  }

  async entities(): Promise<readonly Entity[]> {
    return [...this.#entities.values()];
  }

  async version(): Promise<number> {
    return this.#version;
  }

  async change({ kind, id, body, replaces, audit }: EntityChange): Promise<boolean> {
    const key = `${kind} ${id}`;
    if (replaces !== undefined) {
      const standing = this.#entities.get(key)?.body;
      if (JSON.stringify(standing) !== JSON.stringify(replaces)) return false;
    }
    if (body === null) this.#entities.delete(key);
    else this.#entities.set(key, { kind, id, body });
    this.#version++;
    this.#note(audit);
    return true;
  }

  async note(entry: AuditEntry): Promise<void> {
    this.#note(entry);
  }

  #note(entry: AuditEntry): void {
    this.#audit.push(entry);
    if (this.#audit.length <= MAX_AUDIT_ENTRIES) return;
    this.#audit.shift();
    this.#forgotten++;
  }

  async audit(limit: number, cursor?: string): Promise<AuditPage> {
    const end = cursor === undefined ? this.#audit.length : readNumber(cursor) - this.#forgotten;
    const start = Math.max(0, end - limit);
    const entries = this.#audit.slice(start, Math.max(start, end)).reverse();
    return { entries, nextCursor: start > 0 ? String(start + this.#forgotten) : undefined };
  }

  async prune(nowMs: number): Promise<void> {
    const { callsMaxAgeMs, sumsMaxAgeMs, auditMaxAgeMs } = this.#options;
    const first = this.#calls.findIndex(({ record }) => record.endedMs >= nowMs - callsMaxAgeMs);
    this.#dropOldest(first === -1 ? this.#calls.length : first);
    if (sumsMaxAgeMs !== undefined) this.#sums.dropBefore(hourOf(nowMs - sumsMaxAgeMs));
    while ((this.#audit[0]?.atMs ?? Infinity) < nowMs - auditMaxAgeMs) {
      this.#audit.shift();
      this.#forgotten++;
    }
  }

  async backup(): Promise<void> {
    throw new StateError("The ledger lies in memory, of which there is no backup; set STATE");
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  #dropOldest(count: number): void {
    for (const { record } of this.#calls.splice(0, count)) this.#uids.delete(record.uid);
  }
}

/** How the hour itself or its day is called, where one of them is asked for. */
function timeNames({ groups, timeZone }: UsageQuery): (hourMs: number) => string {
  const time = timeGroupOf(groups);
  if (time !== "day") return (ms) => time === "hour" ? new Date(ms).toISOString() : "";
  const nameOf = dayNames(timeZone);
  // Of an hour there are many sums, and a day's name takes a while.
  const known = new Map<number, string>();
  return (hourMs) => {
    const name = known.get(hourMs) ?? nameOf(hourMs);
    known.set(hourMs, name);
    return name;
  };
}

function isAfter(kept: Kept | undefined, record: CallRecord): boolean {
  return kept !== undefined && isBefore(record, kept.record);
}
