/** Makes a WebSocket of a request that asks for one. */

import { AnswerHeaders } from "../../core/answer_headers.ts";
import type { Upgrade } from "../../surfaces/openrouter/socket/socket.ts";
import { answerOf, RuntimeRequest } from "./runtime_adapter.ts";

export const upgradeSocket: Upgrade = (request, { protocol, idleTimeoutMs }) => {
  if (!(request instanceof RuntimeRequest)) throw new TypeError("No request of the runtime");
  const { socket, response } = upgrade(request.runtime, protocol, idleTimeoutMs / 1000);
  return { socket, answer: answerOf(response, new AnswerHeaders()) };
};

function upgrade(
  request: Request,
  protocol: string | undefined,
  idleTimeout: number,
): Deno.WebSocketUpgrade {
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
