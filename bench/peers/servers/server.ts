/** What is measured: a program in front of an upstream. */

import type { PinnedProcess } from "../pinned_process.ts";

/** Name and value. */
export type Header = readonly [name: string, value: string];

export interface RunningServer {
  readonly name: string;
  readonly port: number;
  /** Of a chat completion. */
  readonly path: string;
  /** What its requests need beyond the content type. */
  readonly headers: readonly Header[];
  /** Not there for the upstream itself. */
  readonly process?: PinnedProcess;
  /** File that it writes a line into for each call. */
  readonly logPath?: string;
}

export interface ServerKind {
  readonly name: string;
  /** One line for the report. */
  readonly what: string;
  /** @param providerPort Of 127.0.0.1. */
  start(providerPort: number): Promise<RunningServer>;
}

export const CHAT_PATH = "/v1/chat/completions";
