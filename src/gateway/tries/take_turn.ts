/** Waits until a call may be sent to a target, by what its provider says of its limits. */

import type { Call } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { HeldBack, Pacing, Queued, Turn } from "../../core/provider/pacing.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { CallHold } from "./call_hold.ts";
import type { KeyTries } from "./keys/key_tries.ts";
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
  return waitForTurn(taken, call, hold, clock);
}

async function waitForTurn(
  { turn, leave }: Queued,
  { trace }: Call,
  hold: CallHold,
  clock: Clock,
): Promise<Turn | HeldBack> {
  const sinceMs = clock.nowMs();
  try {
    return await hold.during(turn);
  } catch (thrown) {
    // It may have come in the same moment, and what is not sent takes up no room.
    turn.then((given) => given.kind === "turn" && given.failed(toGatewayError(thrown)));
    throw thrown;
  } finally {
    leave();
    trace.pacedMs = (trace.pacedMs ?? 0) + clock.nowMs() - sinceMs;
  }
}

/** The same for whichever key of the target's provider has room at once; else for the one that has it soonest. */
export function takeKeyedTurn(
  parts: TurnParts,
  call: Call,
  target: Target,
  keys: KeyTries,
  hold: CallHold,
  maxWaitMs: number,
): ReturnType<typeof takeTurn> {
  if (keys.shownName === undefined) return takeTurn(parts, call, target, hold, maxWaitMs);
  const take = (waitMs: number) => takeTurn(parts, call, keys.asKeyed(target), hold, waitMs);
  let taken = take(0);
  let soonestMs = Infinity;
  let goToSoonest = (): void => {};
  while (isHeld(taken)) {
    if (taken.waitMs < soonestMs) {
      soonestMs = taken.waitMs;
      goToSoonest = keys.mark();
    }
    if (!keys.passOver()) break;
    taken = take(0);
  }
  if (!isHeld(taken)) return taken;
  goToSoonest();
  return take(maxWaitMs);
}

/**
 * After a key was refused: a turn of the next one, or of one after that, which has room at once. Waiting is for
 * another try.
 */
export function takeNextKeysTurn(
  { pacing }: TurnParts,
  call: Call,
  target: Target,
  keys: KeyTries,
): Turn | "held" | undefined {
  if (pacing === undefined) return undefined;
  do {
    const taken = pacing.take(keys.asKeyed(target), call, 0);
    if (taken === undefined || taken.kind === "turn") return taken;
    if (taken.kind === "queued") taken.leave();
  } while (keys.passOver());
  return "held";
}

function isHeld(taken: ReturnType<typeof takeTurn>): taken is HeldBack {
  return taken !== undefined && !(taken instanceof Promise) && taken.kind === "held";
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
