/** Guards around calls, as the configuration has them. */

import type { Exchange } from "../core/call.ts";
import type { Transport } from "../core/provider/transport.ts";
import type { RedactedParts } from "./app_parts.ts";

/**
 * What answers calls, as it is where there are no guards.
 *
 * @param send To webhooks.
 */
export function withGuards(
  { config: { guards }, runtime: { clock, makeId } }: RedactedParts,
  send: Transport,
  answer: Exchange,
): Exchange {
  if (guards.length === 0) return answer;
  // Read by those who ask for it: the parser of patterns takes a start a while.
  const guarded = import("../guards/guards.ts").then(({ createGuards }) =>
    createGuards({ options: guards, send, clock, makeId })(answer)
  );
  return async (call) => await (await guarded)(call);
}
