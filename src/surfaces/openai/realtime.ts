/**
 * WebSockets of providers, such as OpenAI's `/v1/realtime?model=`: routed by the model in their query, and handed
 * through as they come.
 *
 * @module
 */

import type { Call } from "../../core/call.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import {
  asksForWebSocket,
  checkHandshake,
  offeredProtocols,
} from "../../core/http/websocket_handshake.ts";
import { handedFormat, handedRequests } from "../../formats/hand_through/mod.ts";
import { socketRefusal } from "../openrouter/socket/websocket_surface.ts";
import type { WebSocketOptions } from "../openrouter/socket/options.ts";
import type { PathRow } from "../path_table.ts";
import { callOfRequest, type ReadRequest } from "../request/call_of_request.ts";
import { rawQuery, sentPath } from "../request/raw_path.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { Place, Surface } from "../surface.ts";
import { checkForwardedPath } from "./forwarded_path.ts";
import { basesWith } from "./openai_path.ts";
import type { PassthroughParts } from "./passthrough.ts";
import type { ProviderSockets } from "./provider_sockets.ts";

/** The surface's name, for the log. */
const SURFACE = "realtime";
const REALTIME = "/realtime";
const NOTHING = new Uint8Array(0);
/** Of a client's, those that a provider may need. Its credentials and its browser's stay here. */
const CROSSING_HEADERS = ["openai-beta", "openai-safety-identifier", "via", "x-client-request-id"];
/** Subprotocols that hold credentials or name an account. */
const SECRET_PROTOCOL = /^(?:bearer|openai-(?:insecure-api-key|organization|project))\./i;

export interface RealtimeParts extends Omit<PassthroughParts, "bodyLimits" | "ownHeaders"> {
  readonly sockets: ProviderSockets;
  readonly options: WebSocketOptions;
  /** No other check holds a web page back: browsers let it open any WebSocket. */
  readonly isOriginAllowed: (origin: string | null, request: HttpRequest) => boolean;
}

export function realtimeSurface(parts: RealtimeParts): Surface {
  return {
    limitsOf: () => ["websocket"],
    errorAnswer: (error, requestId) => socketRefusal(error, parts.formats.error, requestId),
    answer: async (request, context, place) => {
      checkHandshake(request);
      if (!parts.isOriginAllowed(request.headers.get("origin"), request)) {
        throw new GatewayError(
          "forbidden",
          "This Origin is not one of CORS_ORIGINS, so its web pages cannot connect; add it there",
          { code: "origin_not_allowed" },
        );
      }
      parts.sockets.refuseOneMore(parts.options.maxConnections);
      const call = callOf(parts, request, context, place);
      context.call = call;
      return (await parts.exchange(call)).answer;
    },
  };
}

/** Before what is handed through as a request. */
export function realtimeRows(surface: Surface, own: string): readonly PathRow[] {
  return [{
    surface,
    bases: basesWith(own),
    endpoints: [REALTIME],
    takes: (endpoint, { headers }, base) =>
      (base === own ? endpoint.length > 1 : endpoint.startsWith(`${REALTIME}/`)) &&
      asksForWebSocket(headers),
  }];
}

function callOf(
  parts: RealtimeParts,
  request: HttpRequest,
  context: RequestContext,
  { path, base, endpoint }: Place,
): Call {
  const { defaultProvider, formats, sockets, options } = parts;
  const { headers, target } = request;
  const query = rawQuery(target);
  checkForwardedPath(sentPath(target), query);
  const offered = offeredProtocols(headers);
  const bounds = {
    idleTimeoutMs: options.heartbeatIntervalMs,
    maxMessageBytes: options.maxMessageBytes,
    maxBufferedBytes: options.maxBufferedBytes,
  };
  const read: ReadRequest = {
    operation: "hand_through",
    surface: SURFACE,
    formats: { ...formats, request: handedRequests(formats.request) },
    model: new URLSearchParams(query).get("model") ?? "",
    wantsStream: true,
    body: new ParsedBody({}),
    bytes: NOTHING,
    handThrough: {
      method: "GET",
      path,
      pathAndQuery: endpoint + query,
      isAtOrigin: false,
      clientBase: base,
      body: { isGone: false, open: () => undefined },
      defaultProvider,
      warnings: [],
      answer: handedFormat(endpoint),
      socket: {
        wish: { ...bounds, protocols: offered.filter((name) => !SECRET_PROTOCOL.test(name)) },
        accept: (protocol) => request.upgrade({ ...bounds, protocol }),
        opened: (relay, ended) => sockets.add(relay, ended),
      },
    },
  };
  return callOfRequest(request, context, read, CROSSING_HEADERS);
}
