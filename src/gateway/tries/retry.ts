/**
 * Decides whether a failed try is made again, and when. Nothing here waits or sends.
 *
 * A retry must never be paid twice: only what certainly was not answered is tried again (T17), and
 * never what costs nothing but money to repeat.
 *
 * @module
 */

import * as z from "zod";
import { isRequestsFault } from "../../core/provider/blame.ts";
import type { Random } from "../../core/clock.ts";
import { GatewayError } from "../../core/gateway_error.ts";

export const retryOptions = z.strictObject({
  maxRetries: z.int().min(0).max(100).default(5).describe(
    "Tries beyond the first, before any output.",
  ).meta({ variable: "MAX_RETRIES" }),
  baseDelayMs: z.number().min(1).max(600_000).default(1_000).describe(
    "Longest wait before the first retry; it doubles with each. The wait itself is random up to that.",
  ).meta({ variable: { name: "BASE_RETRY_DELAY", unit: "seconds" } }),
  maxDelayMs: z.int().min(1).max(3_600_000).default(30_000).describe(
    "Longest wait before one retry that the upstream did not ask for.",
  ).meta({ variable: { name: "MAX_RETRY_DELAY", unit: "seconds" } }),
  budgetMs: z.int().min(0).max(3_600_000).default(60_000).describe(
    "Waiting for retries that one call may spend in all. An upstream that asks for more is passed on.",
  ).meta({ variable: { name: "RETRY_BUDGET", unit: "seconds" } }),
}).prefault({});

export type RetryOptions = z.infer<typeof retryOptions>;

/** What is known when a try has failed before any output. */
export interface FailedTry {
  readonly error: GatewayError;
  /** Tries made so far, this one included. */
  readonly tries: number;
  /** Waited for retries so far. */
  readonly waitedMs: number;
  /** The client gave an `Idempotency-Key`: the upstream knows a repetition when it sees one. */
  readonly isIdempotent: boolean;
  /** The target could not be reached in an earlier try of the call either. */
  readonly wasUnreachable: boolean;
  /** The call has no other target. */
  readonly isOnlyTarget: boolean;
}

/** Wait and try again, or give up. */
export type RetryPlan =
  | { readonly kind: "retry"; readonly waitMs: number }
  | {
    readonly kind: "give_up";
    readonly because: "final" | "retries_spent" | "budget_spent";
  };

/** No other try will help. */
export const FINAL: RetryPlan = { kind: "give_up", because: "final" };

/**
 * Longest wait before a target that could not be reached is tried once more. What listens again after so
 * short a time was being restarted; a longer wait would keep the client from learning that it is down.
 */
const MAX_UNREACHABLE_WAIT_MS = 300;

/**
 * The error for the client. Where another try is known not to help, it says so: SDKs decide by status
 * alone otherwise, and would repeat what Weir has repeated already.
 */
export function withRetryAdvice(error: GatewayError, plan: RetryPlan): GatewayError {
  const isHopeless = isMoneyError(error) ||
    // Its status alone would tell an SDK to repeat it.
    (isRequestsFault(error) && RETRYABLE_STATUSES.has(error.status)) ||
    (plan.kind === "give_up" && plan.because === "retries_spent");
  if (!isHopeless) return error;
  const { status, code, type, mayBePaid, param, retryAfterMs, answer, cause } = error;
  const { upstreamStatus, wordsStatus } = error;
  return new GatewayError(error.kind, error.message, {
    status,
    code,
    type,
    mayBePaid,
    shouldRetry: false,
    ...(upstreamStatus === undefined ? {} : { upstreamStatus }),
    ...(wordsStatus === undefined ? {} : { wordsStatus }),
    ...(param === undefined ? {} : { param }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(answer === undefined ? {} : { answer }),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Statuses after which the same request may be answered. 409 is safe only with an idempotency key. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([
  408,
  425,
  429,
  500,
  502,
  503,
  504,
  520,
  522,
  524,
  529,
]);

/** Codes and types of errors that only money mends, whatever their status. */
const MONEY_ERROR =
  /insufficient_(quota|balance|credits)|credit_balance|(spend|usage|billing)_limit|payment_required|billing/i;

export function planRetry(failed: FailedTry, options: RetryOptions, random: Random): RetryPlan {
  const { error, tries, waitedMs } = failed;
  if (!isRetryable(failed)) return FINAL;
  if (tries > options.maxRetries) {
    // Where repeating is left to clients, none of them is told not to.
    const because = options.maxRetries === 0 && failed.isOnlyTarget ? "final" : "retries_spent";
    return { kind: "give_up", because };
  }
  const maxWaitMs = isRepeatedOnce(error)
    ? Math.min(options.maxDelayMs, MAX_UNREACHABLE_WAIT_MS)
    : options.maxDelayMs;
  const backoffMs = Math.min(options.baseDelayMs * 2 ** (tries - 1), maxWaitMs);
  // Full jitter: clients that failed together must not come back together. A wait of 0 is no advice.
  const waitMs = error.retryAfterMs || random() * backoffMs;
  if (waitedMs + waitMs > options.budgetMs) return { kind: "give_up", because: "budget_spent" };
  return { kind: "retry", waitMs };
}

/** Nobody answered at the address, and nothing says that this is about to change. */
function isRepeatedOnce({ kind, shouldRetry }: GatewayError): boolean {
  return kind === "upstream_unreachable" && shouldRetry === undefined;
}

function isRetryable({ error, isIdempotent, wasUnreachable }: FailedTry): boolean {
  if (error.mayBePaid && !isIdempotent) return false;
  switch (error.kind) {
    case "upstream_unreachable":
      return error.shouldRetry ?? !wasUnreachable;
    case "upstream_truncated":
      // The request was sent; what became of it is not known.
      return isIdempotent;
    case "upstream_invalid_response":
      return error.code === "empty_response";
    case "upstream_error":
      if (isMoneyError(error)) return false;
      if (error.shouldRetry !== undefined) return error.shouldRetry;
      if (isRequestsFault(error)) return error.status === 409 && isIdempotent;
      return RETRYABLE_STATUSES.has(error.status);
    default:
      return false;
  }
}

function isMoneyError({ kind, status, wordsStatus, code, type }: GatewayError): boolean {
  return kind === "upstream_error" &&
    (status === 402 || wordsStatus === 402 || MONEY_ERROR.test(`${code} ${type}`));
}
