/**
 * OpenAI's API, below every prefix that clients are given as its base URL (T47).
 *
 * @module
 */

import { CAPABILITIES } from "../../core/provider/model_facts.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { Exchange } from "../../core/call.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import type { LimitClass, Principal } from "../../core/principal.ts";
import type { VisibleModel } from "../../core/provider/provider.ts";
import { errorAnswer } from "../error_answer.ts";
import { jsonAnswer } from "../json_answer.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import { decodeSegment } from "../request/decode_segment.ts";
import { rawQuery } from "../request/raw_path.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { Surface } from "../surface.ts";
import { type ListWarnings, warnOfLists } from "../warn_of_lists.ts";
import { CODEX_VERSION, codexModels } from "./codex_models.ts";
import { READ_ENVELOPE, readCall } from "./openai_call.ts";
import { basesWith, CALLS, isOfModels, MODELS, type OpenaiOperation } from "./openai_path.ts";

export interface OpenaiSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: Readonly<Record<OpenaiOperation, ClientFormats>>;
  /** Those that the caller may call. */
  readonly listModels: (callId: string, principal: Principal) => Promise<readonly VisibleModel[]>;
  /** Throws `not_found`. */
  readonly findModel: (id: string, callId: string, principal: Principal) => Promise<VisibleModel>;
  readonly listWarnings: ListWarnings;
  readonly bodyLimits: BodyLimits;
}

const LIMITS: readonly LimitClass[] = ["v1"];

/** The whole of it, what it does not have included. */
export function openaiSurface(parts: OpenaiSurfaceParts): Surface {
  return {
    limitsOf: () => LIMITS,
    answer: (request, context, { path, endpoint }) => {
      const operation = CALLS.get(endpoint);
      if (operation !== undefined) return answerCall(parts, request, context, operation);
      if (endpoint === "" || isOfModels(endpoint)) {
        return answerModels(parts, request, context, endpoint);
      }
      throw new GatewayError(
        "not_found",
        `No ${request.method} ${path.slice(0, 200)} here; ` +
          "chat is POST /v1/chat/completions, the models are GET /v1/models",
        { code: "unknown_url" },
      );
    },
    errorAnswer: (error, requestId) => errorAnswer(error, parts.formats.chat.error, requestId),
  };
}

/**
 * Its lines of the table. Below the operator's own prefix only the methods that it answers are its own.
 *
 * A base alone names the models, which some clients ask for to see whether the address is right.
 */
export function openaiRows(surface: Surface, own: string): readonly PathRow[] {
  const bases = basesWith(own);
  const isRead = ({ method }: HttpRequest): boolean => method === "GET" || method === "HEAD";
  return [
    {
      surface,
      bases,
      endpoints: [...CALLS.keys()],
      isAnySpelling: true,
      when: ({ method }, base) => base !== own || method === "POST",
    },
    { surface, bases: bases.filter((base) => base !== ""), endpoints: [""] },
    {
      surface,
      bases,
      endpoints: [MODELS],
      when: (request, base) => base !== own || isRead(request),
      takes: (endpoint, request, base) => isOfModels(endpoint) && (base !== own || isRead(request)),
    },
  ];
}

async function answerModels(
  parts: OpenaiSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  endpoint: string,
): Promise<HttpAnswer> {
  if (request.method !== "GET" && request.method !== "HEAD") refuseMethod("GET", "HEAD");
  const { id: callId, principal } = context;
  const encoded = endpoint.slice(MODELS.length + 1).replace(/\/$/, "");
  if (encoded !== "") {
    const id = decodeSegment(encoded, "model");
    return jsonAnswer(listedModel(await parts.findModel(id, callId, principal)));
  }
  const models = await parts.listModels(callId, principal);
  if (new URLSearchParams(rawQuery(request.target)).has(CODEX_VERSION)) {
    return jsonAnswer(codexModels(models));
  }
  warnOfLists(context, parts.listWarnings);
  return jsonAnswer({ object: "list", data: models.map(listedModel) });
}

async function answerCall(
  parts: OpenaiSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  operation: OpenaiOperation,
): Promise<HttpAnswer> {
  if (request.method !== "POST") refuseMethod("POST");
  const { formats, bodyLimits } = parts;
  const reading = readCall(request, context, operation, {
    surface: "openai",
    formats: formats[operation],
    readEnvelope: READ_ENVELOPE[operation],
    bodyLimits,
  });
  const call = reading instanceof Promise ? await reading : reading;
  context.call = call;
  return (await parts.exchange(call)).answer;
}

/**
 * A model as OpenAI's clients read it, with the facts under every name that some of them know. What is not known
 * stands in no list: OpenAI's own tell nothing beyond the first four members.
 */
function listedModel({ id, object, created, owned_by, facts }: VisibleModel): JsonObject {
  const { contextTokens, maxOutputTokens, embedding } = facts;
  const capabilities = CAPABILITIES.filter((name) => facts[name] === true);
  const isTold = CAPABILITIES.some((name) => facts[name] !== undefined);
  return {
    id,
    object,
    created,
    owned_by,
    ...(contextTokens && {
      context_length: contextTokens,
      max_model_len: contextTokens,
      max_input_tokens: contextTokens,
    }),
    ...(maxOutputTokens && {
      max_completion_tokens: maxOutputTokens,
      max_output_tokens: maxOutputTokens,
    }),
    // Ollama's words, which others have taken over.
    ...(isTold && { capabilities: [...(embedding ? [] : ["completion"]), ...capabilities] }),
  };
}
