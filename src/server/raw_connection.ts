/** What makes a WebSocket of a connection of the server. */

import type { RawProtocol } from "../framing/websocket/raw_connection.ts";
import type { HttpRequest, WebSocketUpgrade } from "../core/http/http.ts";
import type { UpgradeOptions } from "../core/http/websocket.ts";

/** A WebSocket that begins once its answer has left. */
export interface OpenedWebSocket extends WebSocketUpgrade {
  readonly protocol: RawProtocol;
}

/** Throws `GatewayError` `invalid_request` where the request asks for none, or not as it must. */
export type OpenWebSocket = (request: HttpRequest, options: UpgradeOptions) => OpenedWebSocket;
