/** Who may be asked now, by what providers say of their limits. */

import type { Call } from "../call.ts";
import type { GatewayError } from "../gateway_error.ts";
import type { Target } from "./provider.ts";
import type { HeaderReader } from "./transport.ts";

/** The call may be sent. Whoever sends it says what became of it. */
export interface Turn {
  readonly kind: "turn";
  /** Headers of an answer have come, whatever it says. */
  answered(status: number, headers: HeaderReader): void;
  /** The provider has refused it, or an answer said that it cannot be read. */
  failed(error: GatewayError): void;
}

/** There is no room for the call in time. */
export interface HeldBack {
  readonly kind: "held";
  /** Until there will be room, as far as is known. */
  readonly waitMs: number;
}

/** The call stands in the queue. */
export interface Queued {
  readonly kind: "queued";
  /** Never rejects. */
  readonly turn: Promise<Turn | HeldBack>;
  /** Gives the place in the queue up; does nothing where that has been left. */
  readonly leave: () => void;
}

export interface Pacing {
  /**
   * Lets a call go, or has it wait for its turn where that will come in `maxWaitMs`. `undefined` for what is not
   * paced.
   */
  take(target: Target, call: Call, maxWaitMs: number): Turn | Queued | HeldBack | undefined;
  /** The longest that a call may wait. */
  readonly maxWaitMs: number;
}

/** What is known of the limits of one target. */
export interface PacedTarget {
  /** `upstream/model`, and what is asked of it where that is not a chat. */
  readonly target: string;
  /** Calls that wait for their turn in this thread. */
  readonly waiting: number;
  /** Left of a budget, by what the provider has said and what was sent since; absent where it said nothing. */
  readonly requests?: number;
  readonly tokens?: number;
  /** The provider has asked not to be called for so long. */
  readonly restMs: number;
}
