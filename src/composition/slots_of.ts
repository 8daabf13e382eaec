/** How many calls each may have running. */

import type { ConcurrencyOptions } from "../policy/call_slots.ts";
import type { SlotsOf } from "../policy/limit_concurrency.ts";

export function slotsOf({ maxCallsPerKey }: ConcurrencyOptions): SlotsOf {
  return ({ account, principal: { limits } }) => ({
    key: account,
    maxCalls: limits.maxConcurrentRequests ?? maxCallsPerKey,
  });
}
