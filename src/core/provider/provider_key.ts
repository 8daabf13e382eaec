/** The keys of a provider that has several, or whose key goes into the address. */

import type { ProviderRequest } from "./transport.ts";

/** One key, and how a request carries it. */
export interface ProviderKey {
  /** For people: never the key, nor a part of it. */
  readonly name: string;
  /** How often its turn comes, beside the others'. */
  readonly weight: number;
  /** What tells it from another key of the same name, which a reload may bring; never shown. */
  readonly identity: string;
  /** The request with the key. */
  authorize(request: ProviderRequest): ProviderRequest;
}

/** A key that is left out. */
export interface CoolingKey {
  readonly provider: string;
  readonly key: string;
  /** It has run into its rate limit, or its provider does not take it. */
  readonly reason: "rate_limited" | "refused";
  /** Until it is tried again; above 0. */
  readonly retryAfterMs: number;
}
