/** What is known of one provider's list of models. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { ListedModel, Provider } from "../core/provider/provider.ts";

export interface CachedList {
  readonly models: readonly ListedModel[];
  readonly byId: ReadonlyMap<string, ListedModel>;
  readonly ids: ReadonlySet<string>;
  readonly fetchedMs: number;
}

/** A list that was asked for and is not there yet. */
export interface PendingList {
  readonly sinceMs: number;
  /** Never rejects. */
  readonly settled: Promise<void>;
}

export interface FailedList {
  readonly error: GatewayError;
  readonly atMs: number;
  readonly tookMs: number;
}

/** What is known of one upstream's list. */
export interface ListState {
  readonly provider: Provider;
  cached: CachedList | undefined;
  /** Why it could not be had last; `undefined` where it could. */
  failed: FailedList | undefined;
  pending: PendingList | undefined;
}
