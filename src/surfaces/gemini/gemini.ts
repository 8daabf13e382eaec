/**
 * Google's Gemini API, below every prefix that clients are given as its base URL.
 *
 * @module
 */

import type { Exchange } from "../../core/call.ts";
import type { ErrorFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import type { LimitClass } from "../../core/principal.ts";
import { answerModels, type ModelLists } from "../answer_models.ts";
import { errorAnswer } from "../error_answer.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { Place, Surface } from "../surface.ts";
import { type GeminiCallParts, readGeminiCall } from "./gemini_call.ts";
import { addressedCall, geminiBasesWith, isOfModels, isOwnBase, MODELS } from "./gemini_path.ts";
import { modelOf, modelPage } from "./model_page.ts";

export interface GeminiSurfaceParts extends GeminiCallParts, ModelLists {
  readonly exchange: Exchange;
}

const LIMITS: readonly LimitClass[] = ["v1"];
/** What tells its clients from those of other APIs, which have their models at the same address. */
const OWN_HEADERS = ["x-goog-api-key", "x-goog-api-client"];

/** The whole of it, what it does not have included. */
export function geminiSurface(parts: GeminiSurfaceParts): Surface {
  return {
    limitsOf: () => LIMITS,
    answer: (request, context, place) => answer(parts, request, context, place),
    errorAnswer: (error, requestId) =>
      geminiErrorAnswer(error, parts.formats.chat.error, requestId),
  };
}

/** Calls come from everybody, since no other API has their addresses; the models are asked for by its own clients. */
export function geminiRows(surface: Surface, own: string): readonly PathRow[] {
  const bases = geminiBasesWith(own);
  return [
    { surface, bases, takes: (endpoint) => addressedCall(endpoint) !== undefined },
    {
      surface,
      bases,
      endpoints: [MODELS],
      when: isOfItsClients,
      takes: (endpoint, request, base) => isOfModels(endpoint) && isOfItsClients(request, base),
    },
  ];
}

/** What its clients ask for and nobody has. */
export function geminiUnknownRow(surface: Surface, own: string): PathRow {
  return {
    surface,
    bases: geminiBasesWith(own),
    takes: (_, request, base) => isOfItsClients(request, base),
  };
}

function isOfItsClients({ headers }: HttpRequest, base: string): boolean {
  return isOwnBase(base) || OWN_HEADERS.some((name) => headers.get(name) !== null);
}

function answer(
  parts: GeminiSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  { path, endpoint }: Place,
): Promise<HttpAnswer> {
  const addressed = addressedCall(endpoint);
  if (addressed !== undefined) return answerCall(parts, request, context, addressed);
  if (isOfModels(endpoint) && request.method !== "POST") {
    const id = endpoint.slice(MODELS.length + 1).replace(/\/$/, "");
    return answerModels(parts, request, context, id, { modelOf, modelPage });
  }
  throw new GatewayError(
    "not_found",
    `No ${request.method} ${path.slice(0, 200)} here; ` +
      "content is POST /v1beta/models/MODEL:generateContent, the models are GET /v1beta/models",
    { code: "unknown_url" },
  );
}

async function answerCall(
  parts: GeminiSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  addressed: NonNullable<ReturnType<typeof addressedCall>>,
): Promise<HttpAnswer> {
  if (request.method !== "POST") refuseMethod("POST");
  const call = await readGeminiCall(request, context, addressed, parts);
  context.call = call;
  return (await parts.exchange(call)).answer;
}

/** A key that is none is answered with 400, which takes no challenge. */
function geminiErrorAnswer(
  error: GatewayError,
  format: ErrorFormat,
  requestId: string,
): HttpAnswer {
  const answered = errorAnswer(error, format, requestId);
  if (answered.status !== 401) answered.headers.delete("www-authenticate");
  return answered;
}
