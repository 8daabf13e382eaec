/** The ledger's store as the hub has it: in this thread, or on a thread of its own. */

import type { CallRecord } from "../../core/ledger/call_record.ts";
import type { LedgerQueries } from "../../core/ledger/ledger.ts";
import type { LedgerStore } from "../../core/ledger/ledger_store.ts";
import { recordsOf } from "../../ledger/writing/record_lines.ts";

export interface StorePlace {
  readonly queries: LedgerQueries;
  /** Takes records as lines of JSON. Rejects where they cannot be written now. */
  readonly append: (lines: string) => Promise<void>;
  /** Takes one at once, where the store is in the memory of this thread. */
  readonly appendNow: ((record: CallRecord) => void) | undefined;
  readonly prune: (nowMs: number) => Promise<void>;
  /** Whether other processes may change what was made at run time. */
  readonly isShared: boolean;
  readonly close: () => Promise<void>;
}

export function placeInMemory(store: LedgerStore): StorePlace {
  return {
    queries: queriesOf(store),
    append: (lines) => store.append(recordsOf(lines)),
    appendNow: (record) => void store.append([record]),
    prune: (nowMs) => store.prune(nowMs),
    isShared: false,
    close: () => store.close(),
  };
}

export function queriesOf(store: LedgerQueries): LedgerQueries {
  return {
    usage: (query) => store.usage(query),
    calls: (query) => store.calls(query),
    call: (id) => store.call(id),
    spentSince: (asked) => store.spentSince(asked),
    entities: () => store.entities(),
    version: () => store.version(),
    change: (change) => store.change(change),
    note: (entry) => store.note(entry),
    audit: (limit, cursor) => store.audit(limit, cursor),
    backup: (path) => store.backup(path),
  };
}

/** What is asked of a store in another thread; it can be cloned. */
export interface LedgerQuestion {
  readonly name: keyof LedgerQueries;
  readonly asked: readonly unknown[];
}

export type AskLedger = (question: LedgerQuestion) => Promise<unknown>;

/** The queries as a thread has them that must ask another one. */
export function linkedQueries(ask: AskLedger): LedgerQueries {
  const link = <Name extends keyof LedgerQueries>(name: Name): LedgerQueries[Name] => {
    const linked = (...asked: readonly unknown[]): Promise<unknown> => ask({ name, asked });
    // The other end is of the same program, and answers as the store does.
    return linked as LedgerQueries[Name];
  };
  return {
    usage: link("usage"),
    calls: link("calls"),
    call: link("call"),
    spentSince: link("spentSince"),
    entities: link("entities"),
    version: link("version"),
    change: link("change"),
    note: link("note"),
    audit: link("audit"),
    backup: link("backup"),
  };
}

/** Answers what other threads ask. */
export function answerFromQueries(queries: LedgerQueries): AskLedger {
  return ({ name, asked }) => {
    const answer = queries[name] as (...asked: readonly unknown[]) => Promise<unknown>;
    return answer.apply(queries, [...asked]);
  };
}
