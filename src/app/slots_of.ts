/** How many calls each may have running. */

import type { ConcurrencyOptions } from "../limits/call_slots.ts";
import type { SlotsOf } from "../limits/limit_concurrency.ts";

export function slotsOf({ maxCallsPerKey }: ConcurrencyOptions): SlotsOf {
  return ({ account, principal: { limits } }) => ({
    key: account,
    maxCalls: limits.maxConcurrentRequests ?? maxCallsPerKey,
  });
}
