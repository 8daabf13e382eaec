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
  /** By which its time is known. */
  readonly name: string;
  readonly sentMs: number;
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
    const name = this.#hedge === undefined ? "" : timedName(call, target);
    this.#running = [...this.#running, { attempt, name, sentMs: this.#clock.nowMs() }];
  }

  remove(attempt: Attempt): void {
    this.#running = this.#running.filter((other) => other.attempt !== attempt);
  }

  /** Cancels those beside the one that decided the call, if any did. */
  end(decided: Attempt | undefined): void {
    for (const { attempt, name, sentMs } of this.#running) {
      this.#hedge?.note(name, this.#clock.nowMs() - sentMs);
      if (attempt === decided) continue;
      attempt.giveUp();
      attempt.abort(outrun());
    }
    this.#running = [];
  }
}

/** Why a try is given up, or not begun. */
export function outrun(): GatewayError {
  return new GatewayError("client_closed", "Another target was faster");
}
