/** Makes a call of a request to Responses: reads it just far enough to be routed. */

import type { Call } from "../../../core/call.ts";
import { ParsedBody } from "../../../core/http/parsed_body.ts";
import type { ClientFormats } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { Operation } from "../../../core/provider/provider.ts";
import { type AskedRequest, callOfRequest, OPENAI_HEADERS } from "../../request/call_of_request.ts";
import { crossingHeaders } from "../../request/crossing_headers.ts";
import type { JsonRequestBody } from "../../request/read_json_body.ts";
import type { RequestContext } from "../../request/request_context.ts";

/** The surface's name, for the log. */
export const SURFACE = "responses";

/** What agents say to a provider of this API alone: whose turn of which session it is. */
const OWN_HEADERS = /^(?:originator|session-id|thread-id|version|x-codex-.*|x-openai-.*)$/;

/** Throws `invalid_request` where the body lacks what routing needs. */
export function responseCall(
  request: AskedRequest,
  context: RequestContext,
  operation: Operation,
  formats: ClientFormats,
  { bytes, json, readMs }: JsonRequestBody,
): Call {
  const native = { headers: crossingHeaders(request.headers, [], OWN_HEADERS), query: "" };
  const read = {
    operation,
    surface: SURFACE,
    formats,
    ...readEnvelope(json),
    body: new ParsedBody(json, bytes),
    bytes,
    native,
    readMs,
  };
  return callOfRequest(request, context, read, OPENAI_HEADERS);
}

/** Everything else is the provider's to judge. */
export function readEnvelope(
  { model, input, stream, background, store }: JsonObject,
): Pick<Call, "model" | "wantsStream"> {
  if (model === undefined || model === null) {
    throw new GatewayError("invalid_request", "Missing required parameter: 'model'.", {
      param: "model",
      code: "missing_required_parameter",
    });
  }
  if (typeof model !== "string" || model === "") throw invalid("model", "the name of a model");
  if (input !== undefined && input !== null && typeof input !== "string" && !Array.isArray(input)) {
    throw invalid("input", "a text or a list of items");
  }
  for (const [name, value] of Object.entries({ stream, background, store })) {
    if (value === undefined || value === null || typeof value === "boolean") continue;
    throw invalid(name, "true or false");
  }
  return { model, wantsStream: stream === true };
}

function invalid(param: string, expected: string): GatewayError {
  return new GatewayError(
    "invalid_request",
    `Invalid value for '${param}': it must be ${expected}`,
    {
      param,
      code: "invalid_value",
    },
  );
}
