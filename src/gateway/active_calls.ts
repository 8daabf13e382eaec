/** The calls in flight, so that a stop can end them at last. */

import type { GatewayError } from "../core/gateway_error.ts";

/** Ends one call, with an error that its client is told. */
export type AbortCall = (reason: GatewayError) => void;

export class ActiveCalls {
  readonly #aborts = new Set<AbortCall>();

  /** Registers a call; the returned function takes it off again. */
  add(abort: AbortCall): () => void {
    this.#aborts.add(abort);
    return () => void this.#aborts.delete(abort);
  }

  abortAll(reason: GatewayError): void {
    for (const abort of [...this.#aborts]) abort(reason);
  }
}
