/** One request to an upstream, as far as it can be ended early. */

import type { GatewayError } from "../../core/gateway_error.ts";
import { OwnSignal, type Signal } from "../../core/http/signal.ts";
import type { StreamProgress } from "../../core/format.ts";
import type { CallHold } from "./call_hold.ts";

export type Heard = Readonly<
  Pick<StreamProgress, "finishReason" | "hasOutput" | "heardText" | "model" | "usage">
>;

/** Ends with its call, or by itself while another attempt of the call goes on. */
export class Attempt {
  readonly #signal = new OwnSignal();
  readonly #hold: CallHold;
  #isGivenUp = false;
  /** Its reply has begun, so that nothing can be tried in its place any more. */
  hasBegun = false;
  /** What its answer has said of itself so far. */
  heard: Heard | undefined;
  /** Told of an abort, for a stream that is not reading at that moment. */
  onAbort: ((reason: GatewayError) => void) | undefined;

  constructor(hold: CallHold) {
    this.#hold = hold;
    hold.add(this);
  }

  get isGivenUp(): boolean {
    return this.#isGivenUp;
  }

  get signal(): Signal {
    return this.#signal;
  }

  /** Throws what it was aborted for. */
  throwIfAborted(): void {
    if (this.#signal.aborted) throw this.#signal.reason;
  }

  abort(reason: GatewayError): void {
    if (this.#signal.aborted) return;
    this.#signal.abort(reason);
    this.onAbort?.(reason);
  }

  /** It has failed, or another was faster: what it does now means nothing to its call. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#hold.remove(this);
  }

  /** Its stream has its first content. */
  noteContent(): void {
    if (!this.#isGivenUp) this.#hold.noteContent();
  }

  /** The reply has begun: from here its stream's `cancel()` tells that the client left (T06). */
  begin(): void {
    this.hasBegun = true;
    if (!this.#isGivenUp) this.#hold.begin();
  }

  /** The call is over; nothing can end it any more. */
  release(): void {
    if (!this.#isGivenUp) this.#hold.release();
  }
}
