/** Makes a WebSocket of a request that asks for one. */

import { createHash } from "node:crypto";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { Clock } from "../../core/clock.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { UpgradeOptions } from "../../core/http/websocket.ts";
import { checkHandshake, offeredProtocols } from "../../core/http/websocket_handshake.ts";
import type { OpenedWebSocket, OpenWebSocket } from "../raw_connection.ts";
import { FramedSocket } from "../../framing/websocket/framed_socket.ts";

/** Of RFC 6455: whoever answers with its hash has understood that a WebSocket is asked for. */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** What opens the WebSockets of a server. No extension is ever agreed on, compression among them. */
export function createOpenWebSocket(clock: Clock): OpenWebSocket {
  return (request, options) => openWebSocket(request, options, clock);
}

function openWebSocket(
  request: HttpRequest,
  options: UpgradeOptions,
  clock: Clock,
): OpenedWebSocket {
  checkHandshake(request);
  const { protocol } = options;
  if (protocol !== undefined && !offeredProtocols(request.headers).includes(protocol)) {
    throw new Error(`The client does not offer the protocol ${protocol}`);
  }
  const key = request.headers.get("sec-websocket-key") ?? "";
  const headers = new AnswerHeaders([
    ["upgrade", "websocket"],
    ["connection", "Upgrade"],
    ["sec-websocket-accept", createHash("sha1").update(key + KEY_SUFFIX).digest("base64")],
  ]);
  if (protocol !== undefined) headers.set("sec-websocket-protocol", protocol);
  const socket = new FramedSocket(options, clock);
  return { answer: { status: 101, headers, body: null }, socket, protocol: socket };
}
