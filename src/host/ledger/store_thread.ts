/** The thread that the ledger's store has for itself, so that no write is ever made on one that serves. */

import { parentPort } from "node:worker_threads";
import type { Entity, LedgerStore } from "../../core/ledger/ledger_store.ts";
import { recordsOf } from "../../ledger/writing/record_lines.ts";
import { NewerStateError } from "../../state/installation_secret.ts";
import { systemClock } from "../runtime.ts";
import { answerFrom } from "../workers/linked_methods.ts";
import { ThreadLink, type ThreadPort } from "../workers/thread_link.ts";
import { openStore, type StoreAddress } from "./open_store.ts";
import type { LedgerQuestion } from "./store_place.ts";

/** Questions to the thread. */
export type StoreThreadQuestions = {
  /** Rejects with `StateError`. */
  readonly open: (address: StoreAddress) => OpenedState;
  readonly append: (lines: string) => void;
  readonly ask: (question: LedgerQuestion) => unknown;
  readonly prune: (nowMs: number) => void;
  readonly close: () => void;
};

export interface OpenedState {
  /** What is there where a newer version has written it, which is not opened then. */
  readonly newer?: NewerState;
  /** When processes began that had it and have ended without closing it. */
  readonly unclosedSinceMs?: readonly number[];
}

/** A database that a newer Weir has written. */
export interface NewerState {
  readonly message: string;
  /** What was made at run time; `undefined` where it cannot be read. */
  readonly entities: readonly Entity[] | undefined;
}

/** Questions to whoever started it. */
export type StoreOwnerQuestions = {
  /** Told first of all: what a thread is sent before it listens is lost. */
  readonly ready: () => void;
};

/** What a connection breaks with, by the codes of the system and of the driver for Postgres. */
const BROKEN = /^(?:E[A-Z]+|CONNECT\w*|CONNECTION\w*)$/;

/**
 * The driver asks each new connection for its types, and waits for no answer: where the connection breaks, that
 * question fails unheard. Who wanted the connection is told, and the thread must not end for it.
 */
function outliveBrokenConnections(): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    const { code } = Object(event.reason) as { readonly code?: unknown };
    if (typeof code === "string" && BROKEN.test(code)) event.preventDefault();
  });
}

/** Answers until the thread is ended. */
export async function runStoreThread(): Promise<never> {
  outliveBrokenConnections();
  let store: LedgerStore | undefined;
  const opened = (): LedgerStore => {
    if (store === undefined) throw new Error("The ledger's store is not open");
    return store;
  };
  const link = new ThreadLink<StoreOwnerQuestions, StoreThreadQuestions>(
    parentPort as ThreadPort,
    {
      open: async (address) => {
        try {
          store = await openStore(address, systemClock);
          const { unclosedSinceMs = [] } = store;
          return { unclosedSinceMs };
        } catch (thrown) {
          // Of its own class, which a message between threads would not keep.
          if (!(thrown instanceof NewerStateError)) throw thrown;
          return { newer: { message: thrown.message, entities: thrown.entities } };
        }
      },
      append: (lines) => opened().append(recordsOf(lines)),
      ask: (question) => answerFrom(opened())(question),
      prune: (nowMs) => opened().prune(nowMs),
      close: () => opened().close(),
    },
  );
  await link.ask("ready");
  return await new Promise<never>(() => {});
}
