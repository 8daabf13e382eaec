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
/** Weir's own, and that of OpenAI's clients in browsers. */
const KEY_PREFIXES = ["bearer.", "openai-insecure-api-key."];

/** The key that a request offers; `undefined` where it offers none. Never to be logged or sent back. */
export function keyOfSubprotocol(headers: HeaderReader): string | undefined {
  const written = offeredProtocols(headers).flatMap((protocol) => {
    const prefix = KEY_PREFIXES.find((prefix) => protocol.startsWith(prefix));
    return prefix === undefined ? [] : [protocol.slice(prefix.length)];
  })[0];
  if (written === undefined || written === "") return undefined;
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
