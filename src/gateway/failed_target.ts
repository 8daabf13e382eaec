/** A target that has failed a call, and what the client is told where all have. */

import type { GatewayError } from "../core/gateway_error.ts";
import { isPassing } from "./fail_over.ts";
import type { PreparedTarget } from "./prepared_target.ts";
import { type RetryPlan, withRetryAdvice } from "./retry.ts";

export interface FailedTarget {
  readonly error: GatewayError;
  /** What to try again, `Clock.nowMs` when; absent where there is nothing to be tried. */
  readonly again: { readonly prepared: PreparedTarget; readonly readyMs: number } | undefined;
  readonly plan: RetryPlan;
}

const SPENT: RetryPlan = { kind: "give_up", because: "retries_spent" };

/** What may pass tells the client more than a target's wrong key; among equals the last. */
export function finalError(targets: readonly FailedTarget[]): GatewayError {
  const failed = targets.findLast(({ error }) => isPassing(error)) ?? targets.at(-1);
  if (failed === undefined) throw new Error("A call without targets");
  return withRetryAdvice(failed.error, failed.plan.kind === "retry" ? SPENT : failed.plan);
}
