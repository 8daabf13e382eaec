/** The calls in flight, so that a stop can end them at last. */

import { Bag, type BagItem, OUTSIDE } from "../bytes/bag.ts";
import type { GatewayError } from "../core/gateway_error.ts";

/** Ends one call, with an error that its client is told. */
export type AbortCall = (reason: GatewayError) => void;

interface ActiveCall extends BagItem {
  readonly abort: AbortCall;
}

export class ActiveCalls {
  readonly #calls = new Bag<ActiveCall>();
  #reason: GatewayError | undefined;

  /** Calls have been ended; whichever begins now is ended as well. */
  get isClosed(): boolean {
    return this.#reason !== undefined;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** Registers a call; the returned function takes it off again. */
  add(abort: AbortCall): () => void {
    const call = { abort, place: OUTSIDE };
    this.#calls.add(call);
    // Such as one that waited for a slot, which the end of another has given it.
    if (this.#reason !== undefined) abort(this.#reason);
    return () => this.#calls.delete(call);
  }

  /** Ends them all, for good. */
  abortAll(reason: GatewayError): void {
    this.#reason = reason;
    for (const { abort } of this.#calls.toArray()) abort(reason);
  }
}
