/**
 * The subprotocols of a connection: the service's own name, and an API key beside it.
 *
 * Browsers can put a key nowhere else: `new WebSocket(url, ["weir", "bearer." + encodeURIComponent(key)])`.
 *
 * @module
 */

import type { HeaderReader } from "../../../core/provider/transport.ts";
import { offeredProtocols } from "../../../core/http/websocket_handshake.ts";

const NAME = "weir";
const KEY_PREFIX = "bearer.";

/** The key that a request offers; `undefined` where it offers none. Never to be logged or sent back. */
export function keyOfSubprotocol(headers: HeaderReader): string | undefined {
  const offered = offeredProtocols(headers).find((protocol) => protocol.startsWith(KEY_PREFIX));
  const written = offered?.slice(KEY_PREFIX.length) ?? "";
  if (written === "") return undefined;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}

/** What the answer selects: a browser that offers any gives up where none is selected. */
export function selectProtocol(headers: HeaderReader): string | undefined {
  return offeredProtocols(headers).includes(NAME) ? NAME : undefined;
}
