/** Makes a WebSocket of a request that asks for one. */

interface UpgradeOptions {
  /** One of those that the client offers. */
  readonly protocol: string | undefined;
  /** A client that is silent for half of it is pinged; one that is silent for all of it is given up. */
  readonly idleTimeoutMs: number;
}

export function upgradeSocket(
  request: Request,
  { protocol, idleTimeoutMs }: UpgradeOptions,
): Deno.WebSocketUpgrade {
  const idleTimeout = idleTimeoutMs / 1000;
  if (protocol === undefined) return Deno.upgradeWebSocket(request, { idleTimeout });
  return Deno.upgradeWebSocket(withSpacedProtocols(request), { idleTimeout, protocol });
}

/**
 * Deno looks for the protocol after a comma and a blank, and Node's clients write the comma alone. A copy of
 * the request could not be upgraded, so only its headers are another's.
 */
function withSpacedProtocols(request: Request): Request {
  const headers = new Headers(request.headers);
  const offered = headers.get("sec-websocket-protocol") ?? "";
  headers.set(
    "sec-websocket-protocol",
    offered.split(",").map((protocol) => protocol.trim()).join(", "),
  );
  return Object.create(request, { headers: { value: headers } });
}
