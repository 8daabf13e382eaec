/** Guards around calls, as the configuration has them. */

import type { Exchange } from "../core/call.ts";
import type { Transport } from "../core/provider/transport.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { RedactedParts } from "./app_parts.ts";
import { thrownMessage } from "../core/text/thrown_message.ts";

/**
 * What answers calls, as it is where there are no guards.
 *
 * @param send To webhooks.
 */
export function withGuards(
  { config: { guards }, runtime: { clock, makeId, log } }: RedactedParts,
  send: Transport,
  answer: Exchange,
): Exchange {
  if (guards.length === 0) return answer;
  // Read by those who ask for it: the parser of patterns takes a start a while.
  const guarded = import("../guards/guards.ts").then(({ createGuards }) =>
    createGuards({ options: guards, send, clock, makeId })(answer)
  ).catch((thrown): Exchange => {
    const reason = thrownMessage(thrown);
    log.error("guards are not in force, so every call is refused", { reason });
    return () => Promise.reject(unusable(thrown));
  });
  return async (call) => await (await guarded)(call);
}

/** What was to be kept from leaving must not leave because of a mistake. */
function unusable(cause: unknown): GatewayError {
  return new GatewayError(
    "internal",
    "A guard of this gateway cannot be used; whoever runs it finds in its log what to change",
    { code: "guard_unusable", shouldRetry: false, cause },
  );
}
