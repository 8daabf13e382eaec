/** Makes a call of a request to Messages: reads it just far enough to be routed. */

import type { Call } from "../../core/call.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { Operation } from "../../core/provider/provider.ts";
import { hasOtherCredentials } from "../../core/text/query_credentials.ts";
import { callOfRequest } from "../request/call_of_request.ts";
import { crossingHeaders } from "../request/crossing_headers.ts";
import { rawQuery } from "../request/raw_path.ts";
import { type BodyLimits, readJsonRequest } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";

/** The surface's name, for the log. */
const SURFACE = "messages";

/** How the names of Anthropic's own begin: an open list, as betas come and go. */
export const OWN_HEADERS = /^anthropic-/;

export interface MessagesCallParts {
  readonly formats: ClientFormats;
  readonly bodyLimits: BodyLimits;
}

/** Throws `GatewayError` for a body that is no JSON, too large, or lacks what routing needs. */
export async function readMessagesCall(
  request: HttpRequest,
  context: RequestContext,
  operation: Operation,
  { formats, bodyLimits }: MessagesCallParts,
): Promise<Call> {
  const query = queryOf(request);
  const { bytes, json, readMs } = await readJsonRequest(request, bodyLimits);
  return messagesCall(request, context, operation, {
    surface: SURFACE,
    formats,
    body: new ParsedBody(json, bytes),
    bytes,
    readMs,
    native: { headers: crossingHeaders(request.headers, [], OWN_HEADERS), query },
  });
}

/** The call of a body that has been read. Throws `invalid_request` where it lacks what routing needs. */
export function messagesCall(
  request: HttpRequest,
  context: RequestContext,
  operation: Operation,
  read: Pick<Call, "surface" | "formats" | "body" | "bytes" | "readMs" | "native">,
): Call {
  return callOfRequest(request, context, { operation, ...read, ...readEnvelope(read.body.json) });
}

function queryOf({ target }: HttpRequest): string {
  const query = rawQuery(target);
  if (!hasOtherCredentials(query)) return query;
  throw new GatewayError(
    "invalid_request",
    "The query has credentials, which would be forwarded; send them as x-api-key",
    { code: "credentials_in_query" },
  );
}

/** Everything else is the upstream's to judge, `max_tokens` included. */
function readEnvelope(
  { model, messages, stream }: JsonObject,
): Pick<Call, "model" | "wantsStream"> {
  if (model === undefined) throw invalid("model", "Field required");
  if (typeof model !== "string" || model === "") {
    throw invalid("model", "Input should be the name of a model");
  }
  if (messages === undefined) throw invalid("messages", "Field required");
  if (!Array.isArray(messages)) throw invalid("messages", "Input should be a list");
  if (messages.length === 0) throw invalid("messages", "at least one message is required");
  if (stream !== undefined && stream !== null && typeof stream !== "boolean") {
    throw invalid("stream", "Input should be true or false");
  }
  return { model, wantsStream: stream === true };
}

/** In the words of the API, which clients show as they are. */
function invalid(field: string, message: string): GatewayError {
  return new GatewayError("invalid_request", `${field}: ${message}`, { param: field });
}
