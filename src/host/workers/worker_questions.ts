/** What the main thread and the threads that serve ask of each other. */

import type { ProcessMemory } from "../../app/app.ts";
import type { Config } from "../../config/schema.ts";
import type { Administration } from "../../core/administration.ts";
import type { LedgerEvent } from "../../core/ledger/ledger.ts";
import type { Entity } from "../../core/ledger/ledger_store.ts";
import type { ResponseStore } from "../../core/response_store.ts";
import type { RecordBatch } from "../../ledger/writing/record_lines.ts";
import type { MetricsSnapshot } from "../../observability/metrics/metrics.ts";
import type { LedgerQuestion } from "../ledger/store_place.ts";
import type { LedgerNews } from "../ledger/worker_ledger.ts";
import type { StopOptions } from "../stop.ts";
import type { MethodQuestion } from "./linked_methods.ts";
import type { ThreadLink } from "./thread_link.ts";

/** What a thread is to serve. */
export interface WorkerSettings {
  /** With the port that all threads share, and this thread's part of what is divided. */
  readonly config: Config;
  readonly fakeBaseUrl: string | undefined;
}

export interface WorkerStart extends WorkerSettings {
  readonly memory: ProcessMemory;
  /** Its number, from 0. */
  readonly thread: number;
  /** What the log's lines are shown on. */
  readonly isTerminal: boolean;
  readonly hasColor: boolean;
  readonly isJournal: boolean;
  /** What was made at run time; `undefined` while nobody knows. */
  readonly entities: readonly Entity[] | undefined;
}

/** Questions to a thread that serves. */
export type WorkerQuestions = LedgerNews & {
  /** Answered with the port, once it listens. */
  readonly start: (start: WorkerStart) => number;
  readonly apply: (settings: WorkerSettings) => void;
  /** The metrics of the thread; asked now and then, which also shows that it is alive. */
  readonly snapshot: () => MetricsSnapshot | undefined;
  /** Answered once the last answer has left, and the last line of the log. */
  readonly stop: (options: StopOptions) => void;
};

/** What a thread asks of the ledger, which the main thread has. */
export type LedgerQuestions = {
  readonly ledgerAsk: (question: LedgerQuestion) => unknown;
  /** Answered once it need not hold them any more. */
  readonly ledgerRecords: (batch: RecordBatch) => void;
  readonly ledgerPublish: (events: readonly LedgerEvent[]) => void;
  /** Wants to be sent events, or no more. */
  readonly ledgerWatch: (isWatching: boolean) => void;
};

/** Questions to the main thread. */
export type MainQuestions = LedgerQuestions & {
  /** Told first of all: what a thread is sent before it listens is lost. */
  readonly ready: () => void;
  /** Whole lines of the log; answered once they are written. */
  readonly write: (lines: Uint8Array) => void;
  /** The metrics of all threads as text. */
  readonly metrics: () => string;
  /** What is asked of the store of responses, which the main thread has. */
  readonly responses: (question: MethodQuestion<ResponseStore>) => unknown;
  /** What is asked of the process as a whole. */
  readonly administer: (question: MethodQuestion<Administration>) => unknown;
};

export type LinkToWorker = ThreadLink<WorkerQuestions, MainQuestions>;
export type LinkToMain = ThreadLink<MainQuestions, WorkerQuestions>;
