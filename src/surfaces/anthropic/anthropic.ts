/**
 * Anthropic's API, below every prefix that clients are given as its base URL.
 *
 * @module
 */

import type { Exchange } from "../../core/call.ts";
import type { ClientFormats, ErrorFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import type { LimitClass } from "../../core/principal.ts";
import type { Operation } from "../../core/provider/provider.ts";
import { answerModels, type ModelLists } from "../answer_models.ts";
import { errorAnswer, retryAfterOf } from "../error_answer.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { Place, Surface } from "../surface.ts";
import { MESSAGES_CALLS, messagesBasesWith, MODELS, VERSION_HEADER } from "./anthropic_path.ts";
import { readMessagesCall } from "./messages_call.ts";
import { modelOf, modelPage } from "./model_page.ts";

export interface AnthropicSurfaceParts extends ModelLists {
  readonly exchange: Exchange;
  readonly formats: ClientFormats;
  readonly bodyLimits: BodyLimits;
}

const LIMITS: readonly LimitClass[] = ["v1"];
/** Endpoints that are handed through. */
const FORWARDED = /^\/(messages\/batches|files|skills)(\/|$)/;
const REQUEST_ID_HEADER = "request-id";

/** The whole of it, what it does not have included. */
export function anthropicSurface(parts: AnthropicSurfaceParts): Surface {
  return {
    limitsOf: () => LIMITS,
    answer: withRequestId((request, context, place) => answer(parts, request, context, place)),
    errorAnswer: (error, requestId) => messagesErrorAnswer(error, parts.formats.error, requestId),
  };
}

/** Calls come from everybody, the models are asked for by its own clients. */
export function anthropicRows(surface: Surface, own: string): readonly PathRow[] {
  const bases = messagesBasesWith(own);
  return [
    { surface, bases, endpoints: [...MESSAGES_CALLS.keys()], isAnySpelling: true },
    {
      surface,
      bases,
      endpoints: [MODELS],
      when: isOfItsClients,
      takes: (endpoint, request) => endpoint.startsWith(`${MODELS}/`) && isOfItsClients(request),
    },
  ];
}

/** What its clients ask for beside that and is handed through; below the operator's own prefix all of it. */
export function anthropicForwardRow(passthrough: Surface, own: string): PathRow {
  return {
    surface: passthrough,
    bases: messagesBasesWith(own),
    takes: (endpoint, request, base) =>
      isOfItsClients(request) && (base === own || FORWARDED.test(endpoint)),
  };
}

/** What its clients ask for and nobody has. */
export function anthropicUnknownRow(surface: Surface, own: string): PathRow {
  return { surface, bases: messagesBasesWith(own), takes: (_, request) => isOfItsClients(request) };
}

function isOfItsClients({ headers }: HttpRequest): boolean {
  return headers.get(VERSION_HEADER) !== null;
}

/** Names the request in a header that its clients read. */
export function withRequestId(answer: Surface["answer"]): Surface["answer"] {
  return async (request, context, place) => {
    const answered = await answer(request, context, place);
    answered.headers.set(REQUEST_ID_HEADER, context.id);
    return answered;
  };
}

function answer(
  parts: AnthropicSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  { path, endpoint }: Place,
): Promise<HttpAnswer> {
  const operation = MESSAGES_CALLS.get(endpoint);
  if (operation !== undefined) return answerCall(parts, request, context, operation);
  if (endpoint === MODELS || endpoint.startsWith(`${MODELS}/`)) {
    const id = endpoint.slice(MODELS.length + 1).replace(/\/$/, "");
    return answerModels(parts, request, context, id, { modelOf, modelPage });
  }
  throw new GatewayError(
    "not_found",
    `No ${request.method} ${path.slice(0, 200)} here; messages are POST /v1/messages, ` +
      "the models are GET /v1/models",
    { code: "unknown_url" },
  );
}

async function answerCall(
  parts: AnthropicSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  operation: Operation,
): Promise<HttpAnswer> {
  if (request.method !== "POST") refuseMethod("POST");
  const call = await readMessagesCall(request, context, operation, parts);
  context.call = call;
  return (await parts.exchange(call)).answer;
}

/** Its clients wait for whole seconds, and read the id of a request from a header of their own. */
export function messagesErrorAnswer(
  error: GatewayError,
  format: ErrorFormat,
  requestId: string,
): HttpAnswer {
  const answered = errorAnswer(error, format, requestId);
  const { headers } = answered;
  if (error.retryAfterMs !== undefined) {
    headers.set("retry-after", retryAfterOf(error.retryAfterMs));
  }
  headers.set(REQUEST_ID_HEADER, requestId);
  return answered;
}
