/** What the log of gateways says of each call, by the id that its client gave it. */

import { isSocket, type PlannedCell } from "./matrix_plan.ts";

/** Of one call. */
export interface LoggedCall {
  readonly outcome: string;
  readonly attempts: number;
}

const OF_CALL = /^\{.*"message":"(?:call|request)"/;
/** A line is written in a batch soon after the call. */
const MAX_WAIT_MS = 60_000;

export class LoggedCalls {
  readonly #calls = new Map<string, PromiseWithResolvers<LoggedCall>>();

  take(line: string): void {
    if (!OF_CALL.test(line)) return;
    const { request_id, outcome, attempts = 1 } = JSON.parse(line);
    this.#of(String(request_id)).resolve({ outcome, attempts });
  }

  /** Resolves when it is logged, and in time where it is not: that is a cell's end like others. */
  async call({ surface }: PlannedCell, id: string): Promise<LoggedCall> {
    // The requests of a socket are numbered after the socket itself.
    const { promise, resolve } = this.#of(isSocket(surface) ? `${id}-1` : id);
    const timer = setTimeout(() => resolve({ outcome: "not logged", attempts: 0 }), MAX_WAIT_MS);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  #of(id: string): PromiseWithResolvers<LoggedCall> {
    const known = this.#calls.get(id);
    if (known !== undefined) return known;
    const call = Promise.withResolvers<LoggedCall>();
    this.#calls.set(id, call);
    return call;
  }
}
