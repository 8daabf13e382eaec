/** One call's hold on the outside: what ends it early, and what has to be undone after it. */

import type { Signal } from "../../core/http/signal.ts";
import type { Call, CallTrace } from "../../core/call.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import { clientGone, GatewayError } from "../../core/gateway_error.ts";
import type { ActiveCalls } from "../active_calls.ts";

type TimedCall = Pick<Call, "arrivedMs" | "signal" | "timeoutMs"> & Partial<Pick<Call, "trace">>;

/** What ends with the call. */
export interface Abortable {
  readonly abort: (reason: GatewayError) => void;
}

/**
 * Ends every attempt of a call when the client leaves, the call takes too long or Weir stops.
 *
 * One timer and no signal of its own: `AbortSignal.any` and `AbortSignal.timeout` double the cost of a
 * call.
 */
export class CallHold {
  /** Not the call: its body may be large, and a stream outlives the need for it. */
  readonly #clientSignal: Signal;
  readonly #clock: Clock;
  readonly #trace: CallTrace | undefined;
  readonly #undo: (() => void)[] = [];
  readonly #arrivedMs: number;
  readonly #totalTimeoutMs: number;
  #timeoutMs: number;
  #cancelTimeout: CancelTimer;
  /** Hardly ever more than one: a list costs a third of a set. */
  #attempts: readonly Abortable[] = [];
  #reason: GatewayError | undefined;

  constructor(call: TimedCall, clock: Clock, totalTimeoutMs: number, active: ActiveCalls) {
    this.#clientSignal = call.signal;
    this.#trace = call.trace;
    this.#clock = clock;
    this.#arrivedMs = call.arrivedMs;
    this.#totalTimeoutMs = totalTimeoutMs;
    this.#timeoutMs = Math.min(call.timeoutMs ?? totalTimeoutMs, totalTimeoutMs);
    this.#cancelTimeout = this.#startTimeout();
    this.#undo.push(() => this.#cancelTimeout(), active.add((reason) => this.abort(reason)));
    call.signal.addEventListener("abort", this.#onClientGone);
    if (call.signal.aborted) this.#onClientGone();
  }

  /** Why the call is over before its end; `undefined` while it goes on. */
  get reason(): GatewayError | undefined {
    return this.#reason;
  }

  /** Until the call has taken too long; at least 1. */
  get remainingMs(): number {
    return Math.max(1, this.#arrivedMs + this.#timeoutMs - this.#clock.nowMs());
  }

  /** A stream has its first content: `Call.timeoutMs` is kept, and the total timeout counts. */
  noteContent(): void {
    this.#trace?.onFirstContent?.();
    const isReleased = this.#undo.length === 0;
    if (isReleased || this.#timeoutMs === this.#totalTimeoutMs) return;
    this.#cancelTimeout();
    this.#timeoutMs = this.#totalTimeoutMs;
    this.#cancelTimeout = this.#startTimeout();
  }

  abort(reason: GatewayError): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const attempt of this.#attempts) attempt.abort(reason);
  }

  add(attempt: Abortable): void {
    this.#attempts = [...this.#attempts, attempt];
    if (this.#reason !== undefined) attempt.abort(this.#reason);
  }

  remove(attempt: Abortable): void {
    this.#attempts = this.#attempts.filter((other) => other !== attempt);
  }

  /** Waits before another try. Throws the reason of an abort. */
  async wait(waitMs: number): Promise<void> {
    let cancelTimer: CancelTimer = () => {};
    try {
      await this.during(
        new Promise<void>((resolve) => {
          cancelTimer = this.#clock.schedule(waitMs, resolve);
        }),
      );
    } finally {
      cancelTimer();
    }
  }

  /** Waits for what cannot be aborted by itself. Throws the reason of an abort at once. */
  async during<T>(pending: Promise<T>): Promise<T> {
    const aborted = Promise.withResolvers<never>();
    const waiting = { abort: aborted.reject };
    this.add(waiting);
    try {
      return await Promise.race([pending, aborted.promise]);
    } finally {
      this.remove(waiting);
    }
  }

  /** The reply has begun: from here its stream's `cancel()` tells that the client left (T06). */
  begin(): void {
    this.#clientSignal.removeEventListener("abort", this.#onClientGone);
  }

  /** The call is over; nothing can end it any more. */
  release(): void {
    this.begin();
    for (const undo of this.#undo.splice(0)) undo();
  }

  #startTimeout(): CancelTimer {
    const timeoutMs = this.#timeoutMs;
    return this.#clock.schedule(this.remainingMs, () =>
      this.abort(
        new GatewayError("upstream_timeout", `The call was not answered within ${timeoutMs} ms`, {
          code: "total_timeout",
        }),
      ));
  }

  readonly #onClientGone = (): void => this.abort(clientGone());
}
