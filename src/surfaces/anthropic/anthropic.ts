/**
 * Anthropic's API, below every prefix that clients are given as its base URL.
 *
 * @module
 */

import type { Exchange } from "../../core/call.ts";
import type { ClientFormats, ErrorFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { LimitClass, Principal } from "../../core/principal.ts";
import type { Operation } from "../../core/provider.ts";
import { errorResponse } from "../error_response.ts";
import { refuseMethod } from "../refuse_method.ts";
import { decodeSegment } from "../request/decode_segment.ts";
import { rawPath } from "../request/raw_path.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { Surface } from "../surface.ts";
import { type ListWarnings, warnOfLists } from "../warn_of_lists.ts";
import { MESSAGES_CALLS, messagesEndpointOf, messagesPrefixes } from "./anthropic_path.ts";
import { readMessagesCall } from "./messages_call.ts";
import { modelOf, modelPage, type TellingModel } from "./model_page.ts";

export interface AnthropicSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: ClientFormats;
  /** Those that the caller may call. */
  readonly listModels: (callId: string, principal: Principal) => Promise<readonly TellingModel[]>;
  /** Throws `not_found`. */
  readonly findModel: (id: string, callId: string, principal: Principal) => Promise<TellingModel>;
  readonly listWarnings: ListWarnings;
  readonly bodyLimits: BodyLimits;
  /** Path of the operator's own below which the API lies as well. */
  readonly prefix: string;
}

const LIMITS: readonly LimitClass[] = ["v1"];
/** What tells its clients from those of other APIs, which have some of the same paths. */
const VERSION_HEADER = "anthropic-version";
const REQUEST_ID_HEADER = "request-id";

/** Takes calls from everybody, and whatever else comes below its prefixes from its own clients. */
export function anthropicSurface(parts: AnthropicSurfaceParts): Surface {
  const prefixes = messagesPrefixes(parts.prefix);
  return {
    takes: ({ headers }, path) => {
      const endpoint = messagesEndpointOf(path, prefixes);
      return MESSAGES_CALLS.has(endpoint) || (isModels(endpoint) && headers.has(VERSION_HEADER));
    },
    limitsOf: () => LIMITS,
    fetch: async (request, context) => {
      const endpoint = messagesEndpointOf(rawPath(request.url), prefixes);
      const operation = MESSAGES_CALLS.get(endpoint);
      const response = operation === undefined
        ? await answerModels(parts, request, context, endpoint)
        : await answerCall(parts, request, context, operation);
      response.headers.set(REQUEST_ID_HEADER, context.id);
      return response;
    },
    errorResponse: (error, requestId) =>
      messagesErrorResponse(error, parts.formats.error, requestId),
  };
}

async function answerCall(
  parts: AnthropicSurfaceParts,
  request: Request,
  context: RequestContext,
  operation: Operation,
): Promise<Response> {
  if (request.method !== "POST") refuseMethod("POST");
  const call = await readMessagesCall(request, context, operation, parts);
  context.call = call;
  return (await parts.exchange(call)).response;
}

function isModels(endpoint: string): boolean {
  return endpoint === "/models" || endpoint.startsWith("/models/");
}

async function answerModels(
  parts: AnthropicSurfaceParts,
  request: Request,
  context: RequestContext,
  endpoint: string,
): Promise<Response> {
  const { method, url } = request;
  if (method !== "GET" && method !== "HEAD") refuseMethod("GET", "HEAD");
  const { id: callId, principal } = context;
  if (endpoint !== "/models") {
    const id = decodeSegment(endpoint.slice("/models/".length), "model");
    return Response.json(modelOf(await parts.findModel(id, callId, principal)));
  }
  const models = await parts.listModels(callId, principal);
  warnOfLists(context, parts.listWarnings);
  return Response.json(modelPage(models, new URL(url).searchParams));
}

/** Its clients wait for whole seconds, and read the id of a request from a header of their own. */
export function messagesErrorResponse(
  error: GatewayError,
  format: ErrorFormat,
  requestId: string,
): Response {
  const response = errorResponse(error, format, requestId);
  const { headers } = response;
  if (error.retryAfterMs !== undefined) {
    headers.set("retry-after", String(Math.max(1, Math.ceil(error.retryAfterMs / 1_000))));
  }
  headers.set(REQUEST_ID_HEADER, requestId);
  return response;
}
