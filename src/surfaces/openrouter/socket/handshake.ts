/** Checks that a request asks for a WebSocket, in the way of RFC 6455. */

import { GatewayError } from "../../../core/gateway_error.ts";
import type { HeaderReader } from "../../../core/transport.ts";

/** Code of the failure that names the protocol to be upgraded to. */
export const UPGRADE_REQUIRED = "upgrade_required";

export function asksForUpgrade(headers: HeaderReader): boolean {
  return hasToken(headers.get("upgrade"), "websocket") &&
    hasToken(headers.get("connection"), "upgrade");
}

/** Throws `invalid_request`, with status 426 where another request would be answered. */
export function checkHandshake(headers: HeaderReader): void {
  if (!asksForUpgrade(headers)) {
    throw new GatewayError(
      "invalid_request",
      'This address is a WebSocket; open it with "Upgrade: websocket" and "Connection: Upgrade", as new WebSocket() does',
      { status: 426, code: UPGRADE_REQUIRED },
    );
  }
  if (headers.get("sec-websocket-version") !== "13") {
    throw new GatewayError("invalid_request", "The only Sec-WebSocket-Version here is 13", {
      status: 426,
      code: UPGRADE_REQUIRED,
    });
  }
  if (!/^[A-Za-z0-9+/]{22}==$/.test(headers.get("sec-websocket-key") ?? "")) {
    throw new GatewayError(
      "invalid_request",
      "The Sec-WebSocket-Key must be 16 bytes in base64, made anew for each connection",
      { code: "invalid_websocket_key" },
    );
  }
}

function hasToken(list: string | null, token: string): boolean {
  return list !== null && list.split(",").some((item) => item.trim().toLowerCase() === token);
}
