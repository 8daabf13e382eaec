/** Reports to the cooldown what became of calls, by target. */

import type { Reply } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Cooldown, CoolingTarget } from "../core/cooldown.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Target } from "../core/upstream.ts";
import { mayServeElsewhere } from "./fail_over.ts";

/** A target's name in the cooldown and the log. */
export function nameOf({ upstream, model }: Target): string {
  return `${upstream.name}/${model}`;
}

export class TargetReports {
  readonly #cooldown: Cooldown;
  readonly #clock: Clock;

  constructor(cooldown: Cooldown, clock: Clock) {
    this.#cooldown = cooldown;
    this.#clock = clock;
  }

  /** `undefined` lets the call go to the target. */
  admit(target: Target): CoolingTarget | undefined {
    return this.#cooldown.admit(nameOf(target), this.#clock.nowMs());
  }

  /** Its answer has begun. Should it break off, that counts as well. */
  answered(target: Target, { outcome }: Reply): void {
    const name = nameOf(target);
    this.#cooldown.answered(name, this.#clock.nowMs());
    outcome.then((ended) => {
      if (!isTargetsFault(ended)) return;
      const { code = ended.kind } = ended;
      const failure = { status: 502, code, retryAfterMs: undefined, wasAnswered: true };
      this.#cooldown.failed(name, failure, this.#clock.nowMs());
    });
  }

  /** A target that finds fault with the request answers well. */
  failed(target: Target, error: GatewayError): void {
    const name = nameOf(target);
    const nowMs = this.#clock.nowMs();
    if (!mayServeElsewhere(error)) return this.#cooldown.answered(name, nowMs);
    const { status, code, retryAfterMs } = error;
    this.#cooldown.failed(name, { status, code, retryAfterMs, wasAnswered: false }, nowMs);
  }

  /** Nothing was learnt of it. */
  abandoned(target: Target): void {
    this.#cooldown.abandoned(nameOf(target), this.#clock.nowMs());
  }
}

function isTargetsFault({ kind, code }: Outcome): boolean {
  return kind === "truncated" || kind === "upstream_error" ||
    (kind === "timeout" && code !== "total_timeout");
}
