/** Waits until a call may be sent to a target, by what its provider says of its limits. */

import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HeldBack, Pacing, Turn } from "../../core/provider/pacing.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { CallHold } from "./call_hold.ts";
import { nameOf } from "./target_reports.ts";

export interface TurnParts {
  readonly pacing: Pacing | undefined;
  readonly clock: Clock;
}

/**
 * At once where there is room or nothing is known. Throws the reason of an abort while the call waits.
 *
 * @param maxWaitMs What else the call may wait.
 */
export function takeTurn(
  { pacing, clock }: TurnParts,
  call: Call,
  target: Target,
  hold: CallHold,
  maxWaitMs: number,
): Turn | HeldBack | undefined | Promise<Turn | HeldBack> {
  if (pacing === undefined) return undefined;
  const taken = pacing.take(target, call, Math.min(maxWaitMs, pacing.maxWaitMs));
  if (taken?.kind !== "queued") return taken;
  const sinceMs = clock.nowMs();
  return hold.during(taken.turn).finally(() => {
    taken.leave();
    call.trace.pacedMs = (call.trace.pacedMs ?? 0) + clock.nowMs() - sinceMs;
  });
}

/** What the client is told where no target has room in time. */
export function heldBack(target: Target, { waitMs }: HeldBack): GatewayError {
  const seconds = Math.ceil(waitMs / 1_000);
  return new GatewayError(
    "rate_limited",
    `The limits of the upstream for ${nameOf(target).slice(0, 200)} leave no room for this call; ` +
      `try again in ${seconds} s`,
    { code: "upstream_limit_reached", retryAfterMs: Math.max(1, waitMs) },
  );
}
