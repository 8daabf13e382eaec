/** The tries of a call that are under way; there are two at the most, where one is hedged. */

import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { Attempt } from "./attempt.ts";
import type { Hedge } from "./hedge.ts";
import { timedName } from "./target_reports.ts";

interface RunningTry {
  readonly attempt: Attempt;
  /** Tells how long it took, where calls are hedged by that. */
  readonly noteTime: (() => void) | undefined;
}

export class RunningTries {
  readonly #clock: Clock;
  readonly #hedge: Hedge | undefined;
  #running: readonly RunningTry[] = [];

  constructor(clock: Clock, hedge: Hedge | undefined) {
    this.#clock = clock;
    this.#hedge = hedge;
  }

  get isEmpty(): boolean {
    return this.#running.length === 0;
  }

  add(attempt: Attempt, call: Call, target: Target): void {
    const noteTime = this.#hedge && this.#timer(this.#hedge, timedName(call, target));
    this.#running = [...this.#running, { attempt, noteTime }];
  }

  remove(attempt: Attempt): void {
    this.#running = this.#running.filter((other) => other.attempt !== attempt);
  }

  /** Cancels those beside the one that decided the call, if any did. */
  end(decided: Attempt | undefined): void {
    for (const { attempt, noteTime } of this.#running) {
      noteTime?.();
      if (attempt === decided) continue;
      attempt.giveUp();
      attempt.abort(outrun());
    }
    this.#running = [];
  }

  /** @param name By which the time is known. */
  #timer(hedge: Hedge, name: string): () => void {
    const sentMs = this.#clock.nowMs();
    return () => hedge.note(name, this.#clock.nowMs() - sentMs);
  }
}

/** Why a try is given up, or not begun. */
export function outrun(): GatewayError {
  return new GatewayError("client_closed", "Another target was faster");
}
