/** `POST /inference` and `POST /inference/stream`: chat completions, the latter always streamed. */

import * as z from "zod";
import type { Call, Exchange } from "../../../core/call.ts";
import type { ClientFormats } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { patchedBody } from "../../../bytes/json/patch.ts";
import { type Envelope, readCall } from "../../openai/openai_call.ts";
import type { BodyLimits } from "../../request/read_json_body.ts";
import { refuseMethod } from "../../refuse_method.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { STREAM } from "./service_path.ts";

export interface InferenceParts {
  readonly bodyLimits: BodyLimits;
  readonly exchange: Exchange;
  /** OpenAI's, with the service's errors. */
  readonly formats: ClientFormats;
  /** `Call.timeoutMs` of its calls. */
  readonly requestTimeoutMs: number;
}

/** Throws `GatewayError` where no answer has begun. */
export async function answerInference(
  parts: InferenceParts,
  request: HttpRequest,
  context: RequestContext,
  endpoint: string,
): Promise<HttpAnswer> {
  if (request.method !== "POST") refuseMethod("POST");
  const { exchange, formats, bodyLimits, requestTimeoutMs } = parts;
  const read = await readCall(request, context, "chat", {
    surface: "service",
    formats,
    readEnvelope: readInferenceEnvelope,
    bodyLimits,
  });
  const call = { ...(endpoint === STREAM ? asStream(read) : read), timeoutMs: requestTimeoutMs };
  context.call = call;
  return (await exchange(call)).answer;
}

/** The bytes as they came, but for asking for a stream. */
function asStream(call: Call): Call {
  if (call.wantsStream) return call;
  const before = call.body.json;
  const streamed = patchedBody(call.bytes, before, { ...before, stream: true });
  return { ...call, ...streamed, wantsStream: true };
}

const message = z.looseObject({
  role: z.string(orRequired("Role is required", "Role must be a text such as user"))
    .min(1, { error: "Role must not be empty" }),
}, { error: `Each message must be an object such as {"role":"user","content":"..."}` });

/**
 * The document's parameters as far as they mean the same everywhere. Their ranges, and all else, are
 * for the upstream to judge.
 */
const envelope = z.looseObject({
  model: z.string(orRequired("Model is required", "Model must be the name of a model"))
    .min(1, { error: "Model must not be empty" }),
  messages: z.array(message, orRequired("Messages are required", "Messages must be a list"))
    .min(1, { error: "Messages must hold at least one message" }),
  stream: z.boolean({ error: "Stream must be true or false" }).nullish(),
  temperature: z.number({ error: "Temperature must be a number" }).nullish(),
  max_tokens: z.int({ error: "Max tokens must be a whole number" }).nullish(),
});

/** Reads what a request of the service must have. Throws `invalid_request` with the path of the field. */
export function readInferenceEnvelope(body: JsonObject): Envelope {
  const parsed = envelope.safeParse(body);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new GatewayError("invalid_request", issue?.message ?? "The request is not valid", {
    param: issue?.path.join(".") ?? "",
    code: "invalid_value",
  });
}

/** What zod says of a value that is missing, and of one of another type. */
function orRequired(missing: string, other: string) {
  return {
    error: ({ input }: { readonly input?: unknown }) =>
      input === undefined || input === null ? missing : other,
  };
}
