/** The ledger's store as the hub has it: in this thread, or on a thread of its own. */

import type { CallRecord } from "../../core/ledger/call_record.ts";
import type { LedgerQueries } from "../../core/ledger/ledger.ts";
import type { LedgerStore } from "../../core/ledger/ledger_store.ts";
import { recordsOf } from "../../ledger/writing/record_lines.ts";
import { type AskMethod, linkMethods, type MethodQuestion } from "../workers/linked_methods.ts";

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

function queriesOf(store: LedgerQueries): LedgerQueries {
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

export type LedgerQuestion = MethodQuestion<LedgerQueries>;
export type AskLedger = AskMethod<LedgerQueries>;

const QUERIES: Readonly<Record<keyof LedgerQueries, true>> = {
  usage: true,
  calls: true,
  call: true,
  spentSince: true,
  entities: true,
  version: true,
  change: true,
  note: true,
  audit: true,
  backup: true,
};

/** The queries as a thread has them that must ask another one. */
export function linkedQueries(ask: AskLedger): LedgerQueries {
  return linkMethods(QUERIES, ask);
}
