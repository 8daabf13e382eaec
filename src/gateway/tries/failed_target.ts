/** A target that has failed a call, and what the client is told where all have. */

import type { CallTrace } from "../../core/call.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { Target } from "../../core/provider/provider.ts";
import { isPassing } from "./fail_over.ts";
import type { PreparedTarget } from "./sending/prepared_target.ts";
import { type RetryPlan, withRetryAdvice } from "./retry.ts";
import { nameOf } from "./target_reports.ts";

export interface FailedTarget {
  readonly error: GatewayError;
  /** What to try again, `Clock.nowMs` when; absent where there is nothing to be tried. */
  readonly again: { readonly prepared: PreparedTarget; readonly readyMs: number } | undefined;
  readonly plan: RetryPlan;
}

/** For the log, which one line of a call must not fill. */
const MAX_FAILED_TARGETS = 16;
const MAX_FAILED_TARGET_CHARACTERS = 200;
const SPENT: RetryPlan = { kind: "give_up", because: "retries_spent" };

/** What may pass tells the client more than a target's wrong key; among equals the last. */
export function finalError(targets: readonly FailedTarget[]): GatewayError {
  const failed = targets.findLast(({ error }) => isPassing(error)) ?? targets.at(-1);
  if (failed === undefined) throw new Error("A call without targets");
  return withRetryAdvice(failed.error, failed.plan.kind === "retry" ? SPENT : failed.plan);
}

/** The target to be tried again first, where any is. */
export function soonestOf(
  failed: readonly FailedTarget[],
  mayRetry: (prepared: PreparedTarget) => boolean,
): FailedTarget | undefined {
  return failed
    .filter(({ plan, again }) =>
      plan.kind === "retry" && again !== undefined && mayRetry(again.prepared)
    )
    .toSorted((left, right) => (left.again?.readyMs ?? 0) - (right.again?.readyMs ?? 0))[0];
}

/** Adds the target to those that the log names. */
export function noteFailedTarget(trace: CallTrace, target: Target, error: GatewayError): void {
  const before = trace.failedTargets ?? [];
  if (before.length === MAX_FAILED_TARGETS) return;
  const { status, upstreamStatus, code } = error;
  const text = `${nameOf(target)} ${upstreamStatus ?? status} ${code}`;
  trace.failedTargets = [...before, text.slice(0, MAX_FAILED_TARGET_CHARACTERS)];
}
