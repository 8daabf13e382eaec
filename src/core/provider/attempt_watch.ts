/** What metrics and traces see of the requests that are sent upstream for calls. */

import type { Call } from "../call.ts";
import type { GatewayError } from "../gateway_error.ts";
import type { Outcome } from "../outcome.ts";
import type { HeaderList } from "./transport.ts";
import type { Target } from "./provider.ts";

/** One request, from when it is sent. Exactly one of the two is called, once. Neither may throw. */
export interface WatchedAttempt {
  /** What the request carries beside its own headers. */
  readonly headers: HeaderList;
  /** It failed before any output, or was given up. */
  readonly failed: (error: GatewayError) => void;
  /** Its answer has begun. */
  readonly answered: (outcome: Promise<Outcome>) => void;
}

/**
 * Called when a request is about to be sent. Must not throw.
 *
 * @param key Name of the key that it carries, where its provider has several.
 */
export type WatchAttempt = (
  call: Pick<Call, "id" | "operation" | "trace">,
  target: Target,
  key?: string,
) => WatchedAttempt;
