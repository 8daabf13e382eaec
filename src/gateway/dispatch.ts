/**
 * The end of the chain: sends a call to its targets, again where that may help, until there is a reply.
 *
 * @module
 */

import type { Call, Exchange } from "../core/call.ts";
import type { Cooldown } from "../core/cooldown.ts";
import type { Route } from "../core/provider.ts";
import type { ActiveCalls } from "./active_calls.ts";
import { CallHold } from "./tries/call_hold.ts";
import { CallTries, type TryParts } from "./tries/call_tries.ts";
import { CallReports } from "./tries/target_reports.ts";

export interface DispatchParts extends TryParts {
  /** Where a model is served. */
  readonly route: (call: Call) => Route;
  /** Which targets are left out; `undefined` tries them all. */
  readonly cooldown: Cooldown | undefined;
  readonly active: ActiveCalls;
}

/** Answers calls from their upstreams. */
export function createDispatch(parts: DispatchParts): Exchange {
  const { clock, relay, active, cooldown } = parts;
  return async (call) => {
    const hold = new CallHold(call, clock, relay.totalTimeoutMs, active);
    try {
      // A count of tokens tells nothing of how a target answers.
      const isCount = call.operation === "count_tokens";
      const reports = cooldown && !isCount ? new CallReports(cooldown, clock) : undefined;
      return await new CallTries(parts, call, hold, parts.route(call), reports).answer();
    } catch (thrown) {
      hold.release();
      throw thrown;
    }
  };
}
