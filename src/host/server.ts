/** What answers requests: this thread, or several others. */

import type { AnswerMetrics } from "../app/app.ts";
import type { Config } from "../config/schema.ts";
import type { Administration } from "../core/administration.ts";
import type { Provider } from "../core/provider/provider.ts";
import type { OwnLog } from "./own_log.ts";
import type { StopOptions } from "./stop.ts";

export interface Server {
  readonly port: number;
  /** The upstreams that are on now, the default first. */
  readonly providers: () => readonly Provider[];
  /** Answers `/metrics` without asking who wants to know; `undefined` for every other path. */
  readonly answerMetrics: AnswerMetrics;
  /** Puts another configuration into force; when it resolves it is so everywhere. */
  readonly apply: (config: Config) => Promise<void>;
  /** Resolves when the last answer has left, or was ended because it took too long. */
  readonly stop: (options: StopOptions) => Promise<void>;
}

/** The log of the process, what begins to answer requests, and what lasts until all were answered. */
export interface ProcessParts {
  readonly ownLog: OwnLog;
  /** Closes the log and what lasts beyond a request. */
  readonly close: () => Promise<void>;
  /** Rejects with `StartError`. */
  readonly start: (administration: Administration) => Promise<Server>;
}
