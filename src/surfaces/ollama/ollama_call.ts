/** Reads requests to Ollama's API: just far enough to be routed. */

import { patchToMatch } from "../../bytes/json/patch.ts";
import type { Call } from "../../core/call.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { JsonObject, JsonValue } from "../../core/text/json.ts";
import { callOfRequest } from "../request/call_of_request.ts";
import {
  ANY_TYPE,
  type BodyLimits,
  type JsonRequestBody,
  readJsonRequest,
} from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";
import { type OllamaCall, OPERATIONS } from "./ollama_path.ts";

/** The surface's name, for the log. */
const SURFACE = "ollama";

/** A body, and the model by the name that it has in it. */
export interface NamedBody extends JsonRequestBody {
  readonly model: string;
}

/** Throws `GatewayError` for a body that is no JSON, too large, or names no model. */
export async function readNamedBody(request: HttpRequest, limits: BodyLimits): Promise<NamedBody> {
  // Ollama's manual shows `curl -d`, which calls its JSON a form.
  const body = await readJsonRequest(request, limits, ANY_TYPE);
  const { model, name = null } = body.json;
  const given = model ?? name;
  if (given === null || given === "") throw invalid("model", "model is required");
  if (typeof given !== "string") throw invalid("model", "model must be a string");
  return { ...body, model: given };
}

/** Whether an answer is to be a stream. Throws `invalid_request` for what says neither. */
export function wantsStream({ stream = null }: JsonObject): boolean {
  if (stream === null || typeof stream === "boolean") return stream !== false;
  throw invalid("stream", "stream must be true or false");
}

/** Whether nothing is asked: the model is to be loaded, or given up where it is to be kept for no time. */
export function isLoad(kind: OllamaCall, { messages, prompt, input }: JsonObject): boolean {
  if (kind === "chat") return isNothing(messages);
  return isNothing(kind === "embed" ? input : prompt);
}

export function isUnload({ keep_alive: keepAlive }: JsonObject): boolean {
  return keepAlive === 0 ||
    (typeof keepAlive === "string" && /^0+(?:\.0+)?[a-z]*$/.test(keepAlive));
}

/**
 * A call of a request.
 *
 * @param model The name that the model is served by.
 */
export function makeCall(
  request: HttpRequest,
  context: RequestContext,
  { kind, formats, body, model }: {
    readonly kind: OllamaCall;
    readonly formats: ClientFormats;
    readonly body: NamedBody;
    readonly model: string;
  },
): Call {
  const { bytes, json, readMs } = body;
  const operation = OPERATIONS[kind];
  const isNamedSo = json["model"] === model;
  const named = isNamedSo ? json : { ...json, model };
  const asked = isNamedSo ? bytes : patchToMatch(bytes, json, named);
  return callOfRequest(request, context, {
    operation,
    surface: SURFACE,
    formats,
    model,
    wantsStream: operation === "chat" && wantsStream(json),
    body: new ParsedBody(named, asked),
    bytes: asked,
    readMs,
  });
}

function isNothing(value: JsonValue | undefined): boolean {
  return value === undefined || value === null || value === "" ||
    (Array.isArray(value) && value.length === 0);
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", message, { param });
}
