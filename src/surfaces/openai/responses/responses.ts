/**
 * OpenAI's Responses, below every prefix that clients are given as its base URL.
 *
 * Where a provider keeps responses, it keeps them, and Weir remembers whose they are. Where none does, Weir
 * keeps them itself.
 *
 * @module
 */

import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import type { LimitClass } from "../../../core/principal.ts";
import { asksForWebSocket } from "../../../core/http/websocket_handshake.ts";
import { socketRefusal } from "../../openrouter/socket/websocket_surface.ts";
import type { PathRow } from "../../path_table.ts";
import { refuseMethod } from "../../refuse_method.ts";
import { readJsonRequest } from "../../request/read_json_body.ts";
import type { RequestContext } from "../../request/request_context.ts";
import type { Place, Surface } from "../../surface.ts";
import { basesWith } from "../openai_path.ts";
import { createResponse } from "./create_response.ts";
import { answerForResponse } from "./kept_response.ts";
import { responseCall } from "./response_call.ts";
import { responsePathOf, RESPONSES, RESPONSES_CALLS } from "./response_path.ts";
import type { ResponsesParts } from "./responses_parts.ts";

const LIMITS: readonly LimitClass[] = ["v1"];

const SOCKET_LIMITS: readonly LimitClass[] = ["websocket"];

/** Makes a connection of a request. Throws what keeps it out. */
export type OpenResponseSocket = (request: HttpRequest, context: RequestContext) => HttpAnswer;

/** @param openSocket `undefined` where there are no connections. */
export function responsesSurface(
  parts: ResponsesParts,
  openSocket: OpenResponseSocket | undefined,
): Surface {
  return {
    limitsOf: ({ headers }) => asksForWebSocket(headers) ? SOCKET_LIMITS : LIMITS,
    answer: (request, context, place) => {
      if (place.endpoint === RESPONSES && asksForWebSocket(request.headers)) {
        if (openSocket === undefined) throw noSockets();
        return openSocket(request, context);
      }
      return answer(parts, request, context, place);
    },
    errorAnswer: (error, requestId) => socketRefusal(error, parts.formats.error, requestId),
  };
}

/** At this status clients ask by HTTP, and do not try again. */
function noSockets(): GatewayError {
  return new GatewayError(
    "invalid_request",
    "Responses are asked for by HTTP here; WebSockets are off (RESPONSES_WEBSOCKET)",
    { status: 426, code: "websocket_off" },
  );
}

export function responsesRows(surface: Surface, own: string): readonly PathRow[] {
  return [{
    surface,
    bases: basesWith(own),
    endpoints: RESPONSES_CALLS,
    isAnySpelling: true,
    takes: (endpoint) => endpoint.startsWith(`${RESPONSES}/`),
  }];
}

function answer(
  parts: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
  place: Place,
): Promise<HttpAnswer> {
  const { endpoint, path } = place;
  switch (endpoint) {
    case RESPONSES:
      if (request.method !== "POST") refuseMethod("POST");
      return createResponse(parts, request, context);
    case "/responses/input_tokens":
      return answerCall(parts, request, context, "count_tokens");
    case "/responses/compact":
      return answerCall(parts, request, context, "compact");
  }
  const asked = responsePathOf(endpoint);
  if (asked !== undefined) return answerForResponse(parts, request, context, place, asked);
  throw new GatewayError(
    "not_found",
    `No ${request.method} ${path.slice(0, 200)} here; a response is made by POST /v1/responses ` +
      "and retrieved by GET /v1/responses/{id}",
    { code: "unknown_url" },
  );
}

/** What only a provider of this API does. */
async function answerCall(
  parts: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
  operation: "compact" | "count_tokens",
): Promise<HttpAnswer> {
  if (request.method !== "POST") refuseMethod("POST");
  const body = await readJsonRequest(request, parts.bodyLimits);
  const call = responseCall(request, context, operation, parts.formats, body);
  context.call = call;
  return (await parts.exchange(call)).answer;
}
