/**
 * The WebSocket part of the OpenRouter service, at `/ws`.
 *
 * @module
 */

import { GatewayError } from "../../../core/gateway_error.ts";
import { errorResponse } from "../../error_response.ts";
import type { PathRow } from "../../path_table.ts";
import { refuseMethod } from "../../refuse_method.ts";
import type { RequestContext } from "../../request/request_context.ts";
import type { Surface } from "../../surface.ts";
import { asksForUpgrade, checkHandshake, UPGRADE_REQUIRED } from "./handshake.ts";
import type { OpenSockets, OpenSocketsParts } from "./open_sockets.ts";
import type { Upgrade } from "./socket.ts";
import { selectProtocol } from "./subprotocol.ts";

export interface WebSocketSurfaceParts extends OpenSocketsParts {
  readonly sockets: OpenSockets;
  readonly upgrade: Upgrade;
  /** No other check holds a web page back: browsers let it open any WebSocket. */
  readonly isOriginAllowed: (origin: string | null, request: Request) => boolean;
}

const PATH = "/ws";
/** When somebody may have left. */
const RETRY_AFTER_MS = 5_000;

/** Configures all connections, those that are open included. */
export function webSocketSurface(parts: WebSocketSurfaceParts): Surface {
  parts.sockets.configure(parts);
  return {
    limitsOf: ({ headers }) => [asksForUpgrade(headers) ? "websocket" : "service"],
    fetch: (request, context) => answerUpgrade(parts, request, context),
    errorResponse: (error, requestId) => refusal(parts, error, requestId),
  };
}

export function webSocketRows(surface: Surface): readonly PathRow[] {
  return [{ surface, bases: [""], endpoints: [PATH] }];
}

function answerUpgrade(
  parts: WebSocketSurfaceParts,
  request: Request,
  context: RequestContext,
): Response {
  const { sockets, upgrade, options } = parts;
  if (request.method !== "GET") refuseMethod("GET");
  checkHandshake(request.headers);
  refuseOrigin(parts, request);
  refuseOneMore(parts);
  // What belongs to the request is gone once it is a connection; and whatever fails from there on, instead
  // of answering with what the upgrade gave, ends the process.
  const headers = new Headers(request.headers);
  const { url } = request;
  const peerAddress = context.peerAddress();
  const { socket, response } = upgrade(request, {
    protocol: selectProtocol(request.headers),
    idleTimeoutMs: options.heartbeatIntervalMs,
  });
  sockets.add(socket, { context: { ...context, peerAddress: () => peerAddress }, headers, url });
  return response;
}

function refuseOrigin({ isOriginAllowed }: WebSocketSurfaceParts, request: Request): void {
  if (isOriginAllowed(request.headers.get("origin"), request)) return;
  throw new GatewayError(
    "forbidden",
    "This Origin is not one of CORS_ORIGINS, so its web pages cannot connect; add it there",
    { code: "origin_not_allowed" },
  );
}

function refuseOneMore({ sockets, options }: WebSocketSurfaceParts): void {
  if (sockets.isStopping) {
    throw new GatewayError("shutting_down", "The gateway is being stopped; connect again");
  }
  if (sockets.size < options.maxConnections) return;
  throw new GatewayError(
    "overloaded",
    `At most ${options.maxConnections} WebSocket connections may be open; try again later`,
    { code: "too_many_connections", retryAfterMs: RETRY_AFTER_MS },
  );
}

function refusal(
  { formats }: WebSocketSurfaceParts,
  error: GatewayError,
  requestId: string,
): Response {
  const response = errorResponse(error, formats.error, requestId);
  const { headers } = response;
  if (error.code === UPGRADE_REQUIRED) {
    headers.set("upgrade", "websocket");
    headers.set("connection", "upgrade");
    headers.set("sec-websocket-version", "13");
  }
  return response;
}
