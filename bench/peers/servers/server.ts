/** What is measured: a program in front of an upstream. */

import type { Api } from "../apis/api.ts";
import type { PinnedProcess } from "../pinned_process.ts";

/** Name and value. */
export type Header = readonly [name: string, value: string];

export interface RunningServer {
  readonly name: string;
  readonly port: number;
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
  /**
   * @param providerPort Of 127.0.0.1.
   * @param provider What is spoken there.
   */
  start(providerPort: number, provider: Api): Promise<RunningServer>;
}
