/**
 * The WebSocket part of the OpenRouter service, at `/ws`.
 *
 * @module
 */

import type { ErrorFormat } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import {
  asksForWebSocket,
  checkHandshake,
  UPGRADE_REQUIRED,
} from "../../../core/http/websocket_handshake.ts";
import { errorAnswer } from "../../error_answer.ts";
import type { PathRow } from "../../path_table.ts";
import { refuseMethod } from "../../refuse_method.ts";
import type { RequestContext } from "../../request/request_context.ts";
import type { Surface } from "../../surface.ts";
import type { OpenSockets, OpenSocketsParts } from "./open_sockets.ts";
import { selectProtocol } from "./subprotocol.ts";

export interface WebSocketSurfaceParts extends OpenSocketsParts {
  readonly sockets: OpenSockets;
  /** No other check holds a web page back: browsers let it open any WebSocket. */
  readonly isOriginAllowed: (origin: string | null, request: HttpRequest) => boolean;
}

const PATH = "/ws";
/** When somebody may have left. */
const RETRY_AFTER_MS = 5_000;

/** Configures all connections, those that are open included. */
export function webSocketSurface(parts: WebSocketSurfaceParts): Surface {
  parts.sockets.configure(parts);
  return {
    limitsOf: ({ headers }) => [asksForWebSocket(headers) ? "websocket" : "service"],
    answer: (request, context) => answerUpgrade(parts, request, context),
    errorAnswer: (error, requestId) => socketRefusal(error, parts.formats.error, requestId),
  };
}

export function webSocketRows(surface: Surface): readonly PathRow[] {
  return [{ surface, bases: [""], endpoints: [PATH] }];
}

function answerUpgrade(
  parts: WebSocketSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
): HttpAnswer {
  const { sockets, options } = parts;
  if (request.method !== "GET") refuseMethod("GET");
  checkHandshake(request);
  refuseOrigin(parts, request);
  refuseOneMore(parts);
  const { headers, target } = request;
  const { socket, answer } = request.upgrade({
    protocol: selectProtocol(headers),
    idleTimeoutMs: options.heartbeatIntervalMs,
    maxMessageBytes: options.maxMessageBytes,
    maxBufferedBytes: options.maxBufferedBytes,
  });
  sockets.add(socket, { context: { ...context }, headers, target });
  return answer;
}

function refuseOrigin({ isOriginAllowed }: WebSocketSurfaceParts, request: HttpRequest): void {
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

/** An error, with what a client is told that has to ask for a WebSocket. */
export function socketRefusal(
  error: GatewayError,
  format: ErrorFormat,
  requestId: string,
): HttpAnswer {
  const answered = errorAnswer(error, format, requestId);
  const { headers } = answered;
  if (error.code === UPGRADE_REQUIRED) {
    headers.set("upgrade", "websocket");
    headers.set("connection", "upgrade");
    headers.set("sec-websocket-version", "13");
  }
  return answered;
}
