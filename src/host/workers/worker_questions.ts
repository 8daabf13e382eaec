/** What the main thread and the threads that serve ask of each other. */

import type { ProcessMemory } from "../../app/app.ts";
import type { Config } from "../../config/schema.ts";
import type { MetricsSnapshot } from "../../observability/metrics/metrics.ts";
import type { StopOptions } from "../stop.ts";
import type { AdministrationQuestion } from "./linked_administration.ts";
import type { StoreQuestion } from "./linked_response_store.ts";
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
}

/** Questions to a thread that serves. */
export type WorkerQuestions = {
  /** Answered with the port, once it listens. */
  readonly start: (start: WorkerStart) => number;
  readonly apply: (settings: WorkerSettings) => void;
  /** The metrics of the thread; asked now and then, which also shows that it is alive. */
  readonly snapshot: () => MetricsSnapshot | undefined;
  /** Answered once the last answer has left, and the last line of the log. */
  readonly stop: (options: StopOptions) => void;
};

/** Questions to the main thread. */
export type MainQuestions = {
  /** Told first of all: what a thread is sent before it listens is lost. */
  readonly ready: () => void;
  /** Whole lines of the log; answered once they are written. */
  readonly write: (lines: Uint8Array) => void;
  /** The metrics of all threads as text. */
  readonly metrics: () => string;
  /** What is asked of the store of responses, which the main thread has. */
  readonly responses: (question: StoreQuestion) => unknown;
  /** What is asked of the process as a whole. */
  readonly administer: (question: AdministrationQuestion) => unknown;
};

export type LinkToWorker = ThreadLink<WorkerQuestions, MainQuestions>;
export type LinkToMain = ThreadLink<MainQuestions, WorkerQuestions>;
