/** Who is let in, as the configuration has it. */

import { refuseLoop } from "../gateway/via.ts";
import { type Admission, createAdmission } from "../policy/admit.ts";
import { createAuthenticate, needsKey } from "../policy/authenticate.ts";
import { createClientAddress } from "../policy/client_address.ts";
import type { Cors } from "../policy/cors.ts";
import { limitFailures } from "../policy/failed_auth.ts";
import { createLimitRate } from "../policy/limit_rate.ts";
import { readOfferedKey } from "../policy/offered_key.ts";
import type { RequestHandlerParts } from "../surfaces/handle_request.ts";
import type { ConnectionParts } from "../surfaces/websocket/socket_connection.ts";
import { keyOfSubprotocol } from "../surfaces/websocket/subprotocol.ts";
import { type AppParts, stopping } from "./app_parts.ts";

export function createAdmissionOf({ config, runtime: { clock }, shared }: AppParts): Admission {
  const { auth, limits, server } = config;
  return createAdmission({
    authenticate: limitFailures(
      createAuthenticate(auth, clock),
      shared.limits,
      auth.maxFailuresPerMinute,
    ),
    clientAddress: createClientAddress(server.trustProxy),
    limitRate: createLimitRate(shared.limits, limits),
    clock,
  });
}

/** What a request passes before its surface sees it. */
export function createAdmit(
  { config, shared: { pseudonym, active } }: AppParts,
  { admit }: Admission,
  cors: Cors,
): RequestHandlerParts["admit"] {
  const isKeyed = needsKey(config.auth);
  return (request, context, classes) => {
    const { headers } = request;
    // A call that begins now would be ended at once.
    if (active.isClosed) throw stopping();
    // A key is what no page has; without one, the browser's word for where a request comes from is all.
    if (!isKeyed) cors.refuseForeignPage(request);
    refuseLoop(headers, pseudonym);
    return admit(context, headers, () => offeredKeyOf(request), classes);
  };
}

/** What a request on a connection passes: all that can have changed since that was opened. */
export function createAdmitOnSocket({ admit }: Admission): ConnectionParts["admitRequest"] {
  return (context, opening) =>
    admit(context, opening.headers, () => offeredKeyOf(opening), ["service", "inference"]);
}

function offeredKeyOf(request: Pick<Request, "headers" | "url">): string | undefined {
  return readOfferedKey(request, keyOfSubprotocol(request.headers));
}
