/** Makes a call of a request to OpenAI's API: reads it just far enough to be routed. */

import * as z from "zod";
import type { Call } from "../../core/call.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { Operation } from "../../core/provider/provider.ts";
import type { OpenaiOperation } from "./openai_path.ts";
import { callOfRequest, OPENAI_HEADERS } from "../request/call_of_request.ts";
import {
  type BodyLimits,
  type JsonRequestBody,
  readJsonRequest,
} from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";

/** What routing needs to know. Everything else is the upstream's to judge. */
const model = z.string().min(1);
const stream = z.boolean().nullish();
const ENVELOPES = {
  chat: z.looseObject({ model, stream, messages: z.array(z.unknown()).min(1) }),
  completions: z.looseObject({ model, stream }),
  embeddings: z.looseObject({
    model,
    stream: z.literal(false).nullish(),
    input: z.union([z.string().min(1), z.array(z.unknown()).min(1)]),
  }),
} as const satisfies Record<OpenaiOperation, z.ZodType<Envelope>>;

/** What of a body routing needs to know. */
export interface Envelope {
  readonly model: string;
  readonly stream?: boolean | null | undefined;
}

export interface CallParts {
  readonly bodyLimits: BodyLimits;
  /** The surface's name, for the log. */
  readonly surface: string;
  readonly formats: ClientFormats;
  /** Reads what routing needs to know. Throws `invalid_request` naming the field. */
  readonly readEnvelope: (body: JsonObject) => Envelope;
}

/** Throws or rejects with `GatewayError` for a body that is no JSON, too large, or lacks what routing needs. */
export function readCall(
  request: HttpRequest,
  context: RequestContext,
  operation: Operation,
  parts: CallParts,
): Call | Promise<Call> {
  const reading = readJsonRequest(request, parts.bodyLimits);
  return reading instanceof Promise
    ? reading.then((body) => callOf(request, context, operation, parts, body))
    : callOf(request, context, operation, parts, reading);
}

function callOf(
  request: HttpRequest,
  context: RequestContext,
  operation: Operation,
  { surface, formats, readEnvelope }: CallParts,
  { bytes, json, readMs }: JsonRequestBody,
): Call {
  const { model, stream } = readEnvelope(json);
  const wantsStream = stream ?? false;
  const body = new ParsedBody(json, bytes);
  const read = { operation, surface, formats, model, wantsStream, body, bytes, readMs };
  return callOfRequest(request, context, read, OPENAI_HEADERS);
}

/** Reads bodies by OpenAI's rules. */
export const READ_ENVELOPE: Readonly<Record<OpenaiOperation, CallParts["readEnvelope"]>> = {
  chat: (body) => readAs(ENVELOPES.chat, body),
  completions: (body) => readAs(ENVELOPES.completions, body),
  embeddings: (body) => readAs(ENVELOPES.embeddings, body),
};

function readAs(schema: z.ZodType<Envelope>, body: JsonObject): Envelope {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw invalidField(parsed.error, body);
  return parsed.data;
}

function invalidField(error: z.ZodError, body: JsonObject): GatewayError {
  const [issue] = error.issues;
  const field = issue?.path.join(".") ?? "";
  const isMissing = body[field] === undefined;
  return new GatewayError(
    "invalid_request",
    isMissing
      ? `The field "${field}" is missing; send it`
      : `The field "${field}" is not valid: ${
        issue?.message ?? "unknown"
      }; send it as the API has it`,
    { param: field, code: isMissing ? "missing_required_parameter" : "invalid_value" },
  );
}
