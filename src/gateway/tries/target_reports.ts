/**
 * Reports to the cooldown what became of a call, by target.
 *
 * What the call itself caused is none of a target's failures. Where an upstream's answer does not tell, it
 * is known once another target has served the same call. A call that all of them fail says nothing of any:
 * otherwise one caller's broken requests would put the targets out of service for everybody.
 *
 * @module
 */

import { isCallersAccount, isRequestsFault } from "../../core/provider/blame.ts";
import type { Call, Reply } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { Cooldown, CoolingTarget } from "../../core/provider/cooldown.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { Outcome } from "../../core/outcome.ts";
import type { Target } from "../../core/provider/provider.ts";
import { mayServeElsewhere } from "./fail_over.ts";

/** A target's name in the cooldown and the log. */
export function nameOf({ provider, model }: Target): string {
  return `${provider.name}/${model}`;
}

/** Whole answers take longer than first tokens, and counts less than either; they are timed apart. */
export function timedName({ operation, wantsStream }: Call, target: Target): string {
  const form = wantsStream ? "streamed" : operation === "count_tokens" ? "count" : "whole";
  return `${nameOf(target)} ${form}`;
}

interface UnprovenFailure {
  readonly target: Target;
  readonly error: GatewayError;
}

/** The reports of one call. */
export class CallReports {
  readonly #cooldown: Cooldown;
  readonly #clock: Clock;
  /** They count once another target has served the call. */
  #unproven: readonly UnprovenFailure[] = [];

  constructor(cooldown: Cooldown, clock: Clock) {
    this.#cooldown = cooldown;
    this.#clock = clock;
  }

  /** `undefined` lets the call go to the target. */
  admit(target: Target): CoolingTarget | undefined {
    return this.#cooldown.admit(nameOf(target), this.#clock.nowMs());
  }

  /** The call goes to a target that is left out. */
  admitAnyway(target: Target): void {
    this.#cooldown.admitAnyway(nameOf(target));
  }

  /** Its answer has begun. Should it break off, that counts as well. */
  answered(target: Target, { outcome }: Reply): void {
    const name = nameOf(target);
    this.#cooldown.answered(name, this.#clock.nowMs());
    for (const { target, error } of this.#unproven) this.#count(target, error);
    this.#unproven = [];
    outcome.then((ended) => {
      if (!isTargetsFault(ended)) return;
      const { code = ended.kind } = ended;
      const failure = { status: 502, code, retryAfterMs: undefined, wasAnswered: true };
      this.#cooldown.failed(name, failure, this.#clock.nowMs());
    });
  }

  failed(target: Target, error: GatewayError): void {
    const isNobodys = error.kind === "budget_exceeded" ||
      isRequestsFault(error) && mayServeElsewhere(error);
    if (isNobodys || isCallersAccount(error, target.provider)) return this.abandoned(target);
    // A target that finds fault with the request answers well.
    if (!mayServeElsewhere(error)) {
      return this.#cooldown.answered(nameOf(target), this.#clock.nowMs());
    }
    if (isTargetsOwn(error)) return this.#count(target, error);
    this.#unproven = [...this.#unproven, { target, error }];
  }

  /** The call is over and was not served. */
  close(): void {
    for (const { target } of this.#unproven) this.abandoned(target);
    this.#unproven = [];
  }

  /** Nothing was learnt of it. */
  abandoned(target: Target): void {
    this.#cooldown.abandoned(nameOf(target), this.#clock.nowMs());
  }

  #count(target: Target, { status, code, retryAfterMs }: GatewayError): void {
    const failure = { status, code, retryAfterMs, wasAnswered: false };
    this.#cooldown.failed(nameOf(target), failure, this.#clock.nowMs());
  }
}

/** Whether a failure is a target's own whatever was asked of it, or its word on when it may be called. */
function isTargetsOwn({ kind, retryAfterMs }: GatewayError): boolean {
  return kind === "upstream_unreachable" || kind === "upstream_auth_failed" ||
    (retryAfterMs ?? 0) > 0;
}

function isTargetsFault({ kind, code, isRequestsFault = false }: Outcome): boolean {
  if (isRequestsFault) return false;
  return kind === "truncated" || kind === "upstream_error" ||
    (kind === "timeout" && code !== "total_timeout");
}
