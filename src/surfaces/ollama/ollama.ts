/**
 * Ollama's API, for clients that know no other, on whatever port the gateway listens.
 *
 * Models are neither kept nor made here: what is about files is answered with 501.
 *
 * @module
 */

import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { Exchange } from "../../core/call.ts";
import type { Clock } from "../../core/clock.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../core/http/http.ts";
import type { LimitClass, Principal } from "../../core/principal.ts";
import { errorAnswer } from "../error_answer.ts";
import { jsonAnswer } from "../json_answer.ts";
import type { PathRow } from "../path_table.ts";
import { refuseMethod } from "../refuse_method.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { Surface } from "../surface.ts";
import { type ListWarnings, warnOfLists } from "../warn_of_lists.ts";
import { showBody, type ShownModel, tagsBody } from "./model_answers.ts";
import {
  isLoad,
  isUnload,
  makeCall,
  type NamedBody,
  readNamedBody,
  wantsStream,
} from "./ollama_call.ts";
import {
  CALLS,
  METHODS,
  type OllamaCall,
  PULL,
  ROOT,
  RUNNING,
  SHOW,
  TAGS,
  VERSION,
} from "./ollama_path.ts";

export interface OllamaSurfaceParts {
  readonly exchange: Exchange;
  readonly formats: Readonly<Record<OllamaCall, ClientFormats>>;
  /** Those that the caller may call. */
  readonly listModels: (callId: string, principal: Principal) => Promise<readonly ShownModel[]>;
  /** Throws `not_found`. */
  readonly findModel: (id: string, callId: string, principal: Principal) => Promise<ShownModel>;
  readonly listWarnings: ListWarnings;
  readonly bodyLimits: BodyLimits;
  readonly clock: Clock;
}

const LIMITS: readonly LimitClass[] = ["v1"];

/** The version of Ollama that has the same endpoints: clients read what they may ask for from it (T101). */
const OLLAMA_VERSION = "0.14.0";

/** The tag that Ollama itself adds to a name without one. */
const DEFAULT_TAG = ":latest";

/** The whole of it, what it does not have included. */
export function ollamaSurface(parts: OllamaSurfaceParts): Surface {
  const { formats } = parts;
  return {
    limitsOf: () => LIMITS,
    answer: (request, context, { path, endpoint }) => {
      const methods = METHODS.get(endpoint);
      if (methods === undefined) throw notImplemented(request.method, path);
      if (!methods.includes(request.method)) refuseMethod(...methods);
      return answer(parts, request, context, endpoint);
    },
    errorAnswer: (error, requestId) => errorAnswer(error, formats.chat.error, requestId),
  };
}

/** Its endpoints by name. */
export function ollamaRow(surface: Surface): PathRow {
  return { surface, bases: [""], endpoints: [...METHODS.keys()] };
}

/** What else is asked for below the same path, and nobody has. */
export function ollamaUnknownRow(surface: Surface): PathRow {
  return {
    surface,
    bases: ["/api"],
    // What begins as the service's path does is not meant for an Ollama.
    takes: (endpoint) => /^\/(?!v1(?![a-z0-9]))./.test(endpoint),
  };
}

function answer(
  parts: OllamaSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  endpoint: string,
): Promise<HttpAnswer> | HttpAnswer {
  const call = CALLS.get(endpoint);
  if (call !== undefined) return answerCall(parts, request, context, call);
  switch (endpoint) {
    case ROOT:
      return rootAnswer();
    case VERSION:
      return jsonAnswer({ version: OLLAMA_VERSION });
    case TAGS:
      return answerTags(parts, context);
    case RUNNING:
      return jsonAnswer({ models: [] });
    case SHOW:
      return answerShow(parts, request, context);
    case PULL:
      return answerPull(parts, request, context);
    default:
      throw new Error(`${endpoint} has methods and no answer`);
  }
}

async function answerTags(
  { listModels, listWarnings }: OllamaSurfaceParts,
  context: RequestContext,
): Promise<HttpAnswer> {
  const models = await listModels(context.id, context.principal);
  warnOfLists(context, listWarnings);
  return jsonAnswer(tagsBody(models));
}

async function answerShow(
  parts: OllamaSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
): Promise<HttpAnswer> {
  const { model } = await readNamedBody(request, parts.bodyLimits);
  return jsonAnswer(showBody(await findModel(parts, model, context)));
}

async function answerPull(
  parts: OllamaSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
): Promise<HttpAnswer> {
  const { model, json } = await readNamedBody(request, parts.bodyLimits);
  const isStream = wantsStream(json);
  await findModel(parts, model, context);
  return pullAnswer(isStream);
}

async function answerCall(
  parts: OllamaSurfaceParts,
  request: HttpRequest,
  context: RequestContext,
  kind: OllamaCall,
): Promise<HttpAnswer> {
  const body = await readNamedBody(request, parts.bodyLimits);
  if (isLoad(kind, body.json)) return await answerLoad(parts, context, kind, body);
  // Only such a name costs a look at the lists.
  const model = body.model.endsWith(DEFAULT_TAG)
    ? await findModel(parts, body.model, context).then(({ id }) => id, () => body.model)
    : body.model;
  const call = makeCall(request, context, { kind, formats: parts.formats[kind], body, model });
  context.call = call;
  return (await parts.exchange(call)).answer;
}

/** Nothing is kept in memory here, so that what is served is loaded. */
async function answerLoad(
  parts: OllamaSurfaceParts,
  context: RequestContext,
  kind: OllamaCall,
  { model, json }: NamedBody,
): Promise<HttpAnswer> {
  await findModel(parts, model, context);
  const { answer } = parts.formats[kind];
  const options = {
    id: context.id,
    model,
    createdSeconds: Math.floor(parts.clock.epochMs() / 1_000),
    includeUsage: true,
  };
  const vectors = answer.encodeVectors?.({ vectors: [] }, json, options);
  if (vectors !== undefined) return jsonAnswer(vectors);
  const raw = isUnload(json) ? "unload" : "load";
  const finish = { type: "finish", choice: 0, reason: "stop", raw } as const;
  return jsonAnswer(answer.encodeWhole([finish], options));
}

/** By its name, or by the one without the tag that clients add. Throws `not_found` in Ollama's words. */
async function findModel(
  { findModel }: OllamaSurfaceParts,
  name: string,
  { id: callId, principal }: RequestContext,
): Promise<ShownModel> {
  let unknown: GatewayError | undefined;
  for (const candidate of new Set([name, withoutTag(name)])) {
    try {
      return await findModel(candidate, callId, principal);
    } catch (thrown) {
      if (!(thrown instanceof GatewayError) || thrown.kind !== "not_found") throw thrown;
      unknown ??= thrown;
    }
  }
  throw notFound(name, unknown?.message ?? "");
}

function withoutTag(name: string): string {
  return name.endsWith(DEFAULT_TAG) ? name.slice(0, -DEFAULT_TAG.length) : name;
}

function notFound(name: string, message: string): GatewayError {
  return new GatewayError("not_found", `model '${name.slice(0, 200)}' not found: ${message}`, {
    code: "model_not_found",
    param: "model",
  });
}

function notImplemented(method: string, path: string): GatewayError {
  return new GatewayError(
    "not_found",
    `${method} ${path.slice(0, 200)} is not implemented: models are neither kept nor made here; ` +
      "those that are served are told at GET /api/tags",
    { status: 501, code: "not_implemented" },
  );
}

/** Ollama's clients look for these very words. */
const ROOT_TEXT = "Ollama is running";

/**
 * What stands at the address without a path, for whoever looks whether somebody is there. Browsers, and who asks for
 * JSON, have another answer there (`surfaces/console`).
 */
function rootAnswer(): HttpAnswer {
  const headers = new AnswerHeaders([
    ["content-type", "text/plain; charset=utf-8"],
    ["vary", "accept, sec-fetch-dest"],
  ]);
  return { status: 200, headers, body: ROOT_TEXT };
}

const SUCCESS = { status: "success" };
const STEPS = [{ status: "pulling manifest" }, { status: "verifying sha256 digest" }, SUCCESS];

/** A model that is served needs no pulling, so that it is done at once. */
function pullAnswer(wantsStream: boolean): HttpAnswer {
  if (!wantsStream) return jsonAnswer(SUCCESS);
  return {
    status: 200,
    headers: new AnswerHeaders([["content-type", "application/x-ndjson"]]),
    body: STEPS.map((step) => `${JSON.stringify(step)}\n`).join(""),
  };
}
