/** Checks that a request asks for a WebSocket, in the way of RFC 6455. */

import { GatewayError } from "../gateway_error.ts";
import type { HttpRequest } from "./http.ts";
import type { HeaderReader } from "../provider/transport.ts";

/** Code of the failure that names the protocol to be upgraded to. */
export const UPGRADE_REQUIRED = "upgrade_required";

const VERSION = "13";
/** 16 bytes in base64. */
const KEY = /^[A-Za-z0-9+/]{22}==$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export function asksForWebSocket(headers: HeaderReader): boolean {
  return hasToken(headers.get("upgrade"), "websocket") &&
    hasToken(headers.get("connection"), "upgrade");
}

/** Throws `invalid_request`, with status 426 where another request would be answered. */
export function checkHandshake({ method, headers, body }: HandshakeRequest): void {
  if (method !== "GET" || !asksForWebSocket(headers)) {
    throw upgradeRequired(
      'This address is a WebSocket; open it with "Upgrade: websocket" and "Connection: Upgrade", as new WebSocket() does',
    );
  }
  if (headers.get("sec-websocket-version") !== VERSION) {
    throw upgradeRequired(`The only Sec-WebSocket-Version here is ${VERSION}`);
  }
  if (!KEY.test(headers.get("sec-websocket-key") ?? "")) {
    throw invalid(
      "The Sec-WebSocket-Key must be 16 bytes in base64, made anew for each connection",
      "invalid_websocket_key",
    );
  }
  const protocols = offeredProtocols(headers);
  if (!protocols.every((name) => TOKEN.test(name)) || new Set(protocols).size < protocols.length) {
    throw invalid(
      "The Sec-WebSocket-Protocol must be a list of names without special characters, each once; " +
        "encode what else is to be sent in it with encodeURIComponent()",
      "invalid_websocket_protocol",
    );
  }
  // Its bytes would stand where the first frame is looked for.
  if (body !== null) {
    throw invalid("A request for a WebSocket can have no body; send none", "body_not_allowed");
  }
}

/** The subprotocols that a request offers, in its order. */
export function offeredProtocols(headers: HeaderReader): readonly string[] {
  const offered = headers.get("sec-websocket-protocol") ?? "";
  return offered.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

/** What of a request the handshake is judged by. */
export type HandshakeRequest = Pick<HttpRequest, "method" | "headers" | "body">;

function hasToken(list: string | null, token: string): boolean {
  return list !== null && list.split(",").some((item) => item.trim().toLowerCase() === token);
}

function upgradeRequired(message: string): GatewayError {
  return new GatewayError("invalid_request", message, { status: 426, code: UPGRADE_REQUIRED });
}

function invalid(message: string, code: string): GatewayError {
  return new GatewayError("invalid_request", message, { code });
}
