/** Requests in the forms that most providers take them in. */

import type { ForwardedCall, OutgoingCall } from "../core/provider/provider.ts";
import type { HeaderList, ProviderRequest } from "../core/provider/transport.ts";
import { VERSION } from "../core/version.ts";

/** What every provider is told: who asks, and that answers are not to be packed, since they are read along. */
export const OWN_HEADERS: HeaderList = [
  ["accept-encoding", "identity"],
  ["user-agent", `weir/${VERSION}`],
];

/**
 * A call's body in JSON.
 *
 * @param crossing The client's headers, where the provider wants them otherwise than as they came.
 * @param accept Media type of the answer, where streams are none of events.
 */
export function describePost(
  url: URL,
  headers: HeaderList,
  { id, wantsStream, body, headers: own }: OutgoingCall,
  crossing: HeaderList = own,
  accept = wantsStream ? "text/event-stream" : "application/json",
): ProviderRequest {
  return {
    method: "POST",
    url,
    headers: [
      ...headers,
      ["content-type", "application/json"],
      ["accept", accept],
      ["x-request-id", id],
      ...crossing,
    ],
    body,
  };
}

/** What is handed through; `crossing` as in `describePost`. */
export function describeForward(
  url: URL,
  headers: HeaderList,
  { id, method, headers: own }: ForwardedCall,
  crossing: HeaderList = own,
): ProviderRequest {
  return { method, url, headers: [...headers, ["x-request-id", id], ...crossing] };
}

/** A list of models, or a page of it; `more` are headers that it alone is asked with. */
export function describeList(
  url: URL,
  headers: HeaderList,
  callId: string,
  more: HeaderList = [],
): ProviderRequest {
  return {
    method: "GET",
    url,
    headers: [...headers, ["accept", "application/json"], ["x-request-id", callId], ...more],
  };
}
