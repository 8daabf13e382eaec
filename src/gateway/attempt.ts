/** One call's hold on its upstream: what ends it early, and what has to be undone after it. */

import type { Call } from "../core/call.ts";
import type { CancelTimer, Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { ActiveCalls } from "./active_calls.ts";
import { clientGone } from "./verdict.ts";

type TimedCall = Pick<Call, "arrivedMs" | "signal">;

/**
 * Ends the upstream's part of a call when the client leaves, the call takes too long or Weir stops.
 *
 * One controller and one timer: `AbortSignal.any` and `AbortSignal.timeout` double the cost of a call.
 */
export class Attempt {
  readonly #controller = new AbortController();
  /** Not the call: its body may be large, and a stream outlives the need for it. */
  readonly #clientSignal: AbortSignal;
  readonly #clock: Clock;
  readonly #undo: (() => void)[] = [];
  /** Told of an abort, for a stream that is not reading at that moment. */
  onAbort: ((reason: GatewayError) => void) | undefined;

  constructor(call: TimedCall, clock: Clock, totalTimeoutMs: number, active: ActiveCalls) {
    this.#clientSignal = call.signal;
    this.#clock = clock;
    const remainingMs = Math.max(1, call.arrivedMs + totalTimeoutMs - clock.nowMs());
    this.#undo.push(
      clock.schedule(remainingMs, () =>
        this.abort(
          new GatewayError(
            "upstream_timeout",
            `The call was not answered within ${totalTimeoutMs} ms`,
            { code: "total_timeout" },
          ),
        )),
      active.add((reason) => this.abort(reason)),
    );
    call.signal.addEventListener("abort", this.#onClientGone);
    if (call.signal.aborted) this.#onClientGone();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: GatewayError): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(reason);
    this.onAbort?.(reason);
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
  async during<T>(pending: Promise<T> | T): Promise<T> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(signal.reason);
    signal.addEventListener("abort", onAbort);
    try {
      return await Promise.race([pending, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
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

  readonly #onClientGone = (): void => this.abort(clientGone());
}
