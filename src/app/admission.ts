/** Who is let in, as the configuration has it. */

import type { HttpRequest } from "../core/http/http.ts";
import type { LimitClass } from "../core/principal.ts";
import { refuseLoop } from "../gateway/hand_through/via.ts";
import { type Admission, createAdmission } from "../access/admit.ts";
import { createAuthenticate } from "../access/authenticate.ts";
import { createClientAddress } from "../access/client_address.ts";
import { createConsoleTokens } from "../access/console/console_tokens.ts";
import type { Cors } from "../access/cors.ts";
import { limitFailures } from "../access/failed_auth.ts";
import { createReadHeaderTags } from "../ledger/tags.ts";
import { createLimitRate } from "../limits/limit_rate.ts";
import { readOfferedKey, readWeirKey } from "../access/keys/offered_key.ts";
import { readOwnCredentials } from "../access/keys/own_credentials.ts";
import type { RequestHandlerParts } from "../surfaces/handle_request.ts";
import type { ConnectionParts } from "../surfaces/openrouter/socket/socket_connection.ts";
import { keyOfSubprotocol } from "../surfaces/openrouter/socket/subprotocol.ts";
import { type RedactedParts, stopping } from "./app_parts.ts";

export function createAdmissionOf(
  { config, providers, needsKey, runtime: { clock, place }, shared }: RedactedParts,
): Admission {
  const { admin, auth, limits, server } = config;
  const tokens = createConsoleTokens(place.memory.secret, admin, clock);
  return createAdmission({
    authenticate: limitFailures(
      createAuthenticate(auth, clock, shared.runtimeKeys, tokens),
      shared.limits,
      auth.maxFailuresPerMinute,
    ),
    clientAddress: createClientAddress(server.trustProxy),
    limitRate: createLimitRate(shared.limits, limits),
    readOwnCredentials: providers.some(({ takesClientsCredentials }) => takesClientsCredentials)
      ? (headers) => readOwnCredentials(headers, readWeirKey(headers), needsKey())
      : undefined,
    readTags: createReadHeaderTags(config.ledger.tags),
    clock,
  });
}

/** What a request passes before its surface sees it. */
export function createAdmit(
  { needsKey, shared: { pseudonym, active } }: RedactedParts,
  { admit }: Admission,
  cors: Cors,
): RequestHandlerParts["admit"] {
  return (request, context, classes) => {
    const { headers } = request;
    // A call that begins now would be ended at once.
    if (active.isClosed) throw stopping();
    // A key is what no page has; without one, the browser's word for where a request comes from is all.
    if (!needsKey()) cors.refuseForeignPage(request);
    refuseLoop(headers, pseudonym);
    return admit(context, headers, () => offeredKeyOf(request), classes);
  };
}

/** What a request on a connection passes: all that can have changed since that was opened. */
export function createAdmitOnSocket(
  { admit }: Admission,
  classes: readonly LimitClass[],
): ConnectionParts["admitRequest"] {
  return (context, opening) =>
    admit(context, opening.headers, () => offeredKeyOf(opening), classes);
}

function offeredKeyOf(request: Pick<HttpRequest, "headers" | "target">): string | undefined {
  return readOfferedKey(request, keyOfSubprotocol(request.headers));
}
