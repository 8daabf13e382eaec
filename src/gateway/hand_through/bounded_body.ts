/** A client's body on its way upstream, within the bounds on bodies. */

import type { Signal } from "../../core/signal.ts";
import type { ForwardedRequest } from "../../core/call.ts";
import { type BodyBounds, bodyTooLarge, ClientBody } from "../../bytes/client_body.ts";
import type { StreamedBody } from "../../core/transport.ts";

/**
 * The body to send, or `undefined` where there is none. A length that is stated is judged at once,
 * all else while it passes: what breaks a bound takes the exchange with it.
 *
 * The bytes are not interpreted; the bound on their number is one on what was sent, packed or not.
 */
export async function boundedBody(
  { body, lengthBytes }: Pick<ForwardedRequest, "body" | "lengthBytes">,
  bounds: BodyBounds,
  signal: Signal,
): Promise<StreamedBody | undefined> {
  if (body === null || lengthBytes === 0) return undefined;
  if (lengthBytes !== undefined && lengthBytes > bounds.maxBodyBytes) {
    throw bodyTooLarge(bounds.maxBodyBytes);
  }
  const source = new ClientBody(body, bounds);
  if (lengthBytes !== undefined) return { source, lengthBytes };
  // Whether a body without a length is there at all shows only when it is read (HTTP/2).
  const giveUp = (): void => source.cancel();
  signal.addEventListener("abort", giveUp);
  try {
    return await source.isEmpty() ? undefined : { source };
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
