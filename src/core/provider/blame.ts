/** Whose fault a failure is, as far as its kind, its status and its words tell. */

import type { GatewayError } from "../gateway_error.ts";
import type { Provider } from "./provider.ts";

/** Statuses that say that the request itself is at fault. */
const REQUEST_STATUSES: ReadonlySet<number> = new Set([400, 409, 413, 415, 422]);
/** Statuses that say of whom the failure is by themselves, whatever words come along. */
const PLAIN_STATUSES: ReadonlySet<number> = new Set([401, 404, 408, 425]);

/**
 * Whether the request itself made the upstream fail, as far as its status and its words tell: a prompt that
 * is too long is 500 at some, and what a filter finds 403 at others. It would fail again, and what it says
 * of its target is nothing. Another target may have a longer context or a milder filter.
 */
export function isRequestsFault(
  { kind, status, wordsStatus = status, code }: GatewayError,
): boolean {
  if (kind === "upstream_invalid_response") return code === "response_too_large";
  if (kind !== "upstream_error" || PLAIN_STATUSES.has(status)) return false;
  return REQUEST_STATUSES.has(status) || REQUEST_STATUSES.has(wordsStatus);
}

/** Statuses below 500 that say more of the upstream, and of Weir's account there, than of the request. */
const ACCOUNT_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 408, 429]);

/** Statuses that say something of the account that asks. */
const CREDENTIAL_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 429]);

/**
 * Whether a failure is of the account that a caller has with the provider, and says nothing of it to others: who
 * sends a wrong key, or has used up what is allowed, would take the provider away from everybody.
 */
export function isCallersAccount(
  { kind, status }: GatewayError,
  { takesClientsCredentials }: Pick<Provider, "takesClientsCredentials">,
): boolean {
  return takesClientsCredentials === true && kind === "upstream_error" &&
    CREDENTIAL_STATUSES.has(status);
}

/** Whether a failure says something of the upstream, and not of the request or its caller alone. */
export function isProvidersFault(error: GatewayError, provider: Provider): boolean {
  const { kind, status, code } = error;
  if (code === "total_timeout" || isRequestsFault(error)) return false;
  if (isCallersAccount(error, provider)) return false;
  if (kind === "upstream_error") return status >= 500 || ACCOUNT_STATUSES.has(status);
  return kind.startsWith("upstream_");
}
