/**
 * Counts wrong keys by address. A good key is never kept waiting by it: its holder may share the address
 * with whoever is guessing.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import type { Principal } from "../core/principal.ts";
import { type Authenticate, WRONG_KEY } from "./authenticate.ts";
import type { LimitRule, LimitStore } from "../limits/limit_store.ts";

const WINDOW_MS = 60_000;

/**
 * Names who calls. Throws or rejects with `unauthenticated`, or with `rate_limited` where the address has
 * offered too many wrong keys.
 *
 * @param address What `ClientAddress` says; asked only where the key is wrong.
 */
export type AuthenticateFrom = (
  readOffered: () => string | undefined,
  address: () => string,
) => Principal | Promise<never>;

/** Rejects with `failure`, or with `rate_limited` where the address has offered too many wrong keys. */
export type RefuseWrongKey = (failure: GatewayError, address: string) => Promise<never>;

/** @param maxPerMinute Wrong keys from one address; 0 is no limit. */
export function createRefuseWrongKey(store: LimitStore, maxPerMinute: number): RefuseWrongKey {
  if (maxPerMinute === 0) return (failure) => Promise.reject(failure);
  const rule: LimitRule = { name: "failed_auth", limit: maxPerMinute, windowMs: WINDOW_MS };
  return async (failure, address) => {
    const { isAllowed, states: [state] } = await store.take([{ rule, key: address, cost: 1 }]);
    if (isAllowed) throw failure;
    throw new GatewayError(
      "rate_limited",
      "Too many wrong API keys from this address; wait before trying another",
      { code: "too_many_failed_attempts", retryAfterMs: state?.retryAfterMs ?? WINDOW_MS },
    );
  };
}

/** @param maxPerMinute Wrong keys from one address; 0 is no limit. */
export function limitFailures(
  authenticate: Authenticate,
  store: LimitStore,
  maxPerMinute: number,
): AuthenticateFrom {
  if (maxPerMinute === 0) return authenticate;
  const refuse = createRefuseWrongKey(store, maxPerMinute);
  return (readOffered, address) => {
    try {
      return authenticate(readOffered);
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.code !== WRONG_KEY) throw thrown;
      return refuse(thrown, address());
    }
  };
}
