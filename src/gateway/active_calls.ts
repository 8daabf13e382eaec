/** The calls in flight, so that a stop can end them at last. */

import type { GatewayError } from "../core/gateway_error.ts";

/** Ends one call, with an error that its client is told. */
export type AbortCall = (reason: GatewayError) => void;

export class ActiveCalls {
  readonly #aborts = new Set<AbortCall>();
  #reason: GatewayError | undefined;

  /** Calls have been ended; whichever begins now is ended as well. */
  get isClosed(): boolean {
    return this.#reason !== undefined;
  }

  get size(): number {
    return this.#aborts.size;
  }

  /** Registers a call; the returned function takes it off again. */
  add(abort: AbortCall): () => void {
    this.#aborts.add(abort);
    // Such as one that waited for a slot, which the end of another has given it.
    if (this.#reason !== undefined) abort(this.#reason);
    return () => void this.#aborts.delete(abort);
  }

  /** Ends them all, for good. */
  abortAll(reason: GatewayError): void {
    this.#reason = reason;
    for (const abort of [...this.#aborts]) abort(reason);
  }
}
