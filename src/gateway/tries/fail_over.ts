/**
 * Decides what the failure of one target means to a call that has others. Nothing here waits or sends.
 *
 * @module
 */

import type { GatewayError } from "../../core/gateway_error.ts";

/** Statuses below 500 that say more of the target than of the request: its key, its model, its limits. */
const TARGET_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 404, 408, 425, 429]);

/** A provider's budget is spent, or the model has no price: what is left of the caller's own may do for another. */
const TARGETS_BUDGET_CODES: ReadonlySet<string> = new Set([
  "provider_budget_exceeded",
  "unpriced_model",
]);

/**
 * Whether another target may serve a call that this one has failed before any output.
 *
 * After a time-out or a broken connection the first target may have done the work and charge for it.
 * That is never repeated on the same target (T17), but going on to the next is what a list of targets is
 * for; the request that is given up is cancelled first, which ends the charges of most providers.
 */
export function mayServeElsewhere({ kind, status, code }: GatewayError): boolean {
  switch (kind) {
    case "budget_exceeded":
      return TARGETS_BUDGET_CODES.has(code);
    case "upstream_auth_failed":
    case "upstream_unreachable":
    case "upstream_timeout":
    case "upstream_truncated":
    case "upstream_invalid_response":
      return true;
    case "upstream_error":
      return status >= 500 || TARGET_STATUSES.has(status);
    default:
      return false;
  }
}

/** Whether a target refuses this request before it is sent, so that another may still take it. */
export function isRefusedByTarget({ kind }: GatewayError): boolean {
  return kind === "not_found" || kind === "invalid_request";
}

/** Whether the same request may be answered later; a wrong key, model or address stays wrong. */
export function isPassing({ kind, status, shouldRetry }: GatewayError): boolean {
  if (kind === "upstream_auth_failed") return false;
  if (kind === "upstream_unreachable" && shouldRetry === false) return false;
  return kind.startsWith("upstream_") && (status >= 500 || status === 429 || status === 408);
}
