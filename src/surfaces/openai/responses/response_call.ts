/** Makes a call of a request to Responses: reads it just far enough to be routed. */

import type { Call } from "../../../core/call.ts";
import type { ClientFormats } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpRequest } from "../../../core/http/http.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { Operation } from "../../../core/provider/provider.ts";
import { crossingHeaders } from "../../request/crossing_headers.ts";
import type { JsonRequestBody } from "../../request/read_json_body.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { sessionOf } from "../../request/session_header.ts";

/** The surface's name, for the log. */
export const SURFACE = "responses";

/** Headers of a client that cross to every upstream. Its credentials and its browser's stay here. */
const CROSSING_HEADERS = ["idempotency-key", "openai-beta", "via", "x-client-request-id"];
/** What agents say to a provider of this API beside that: whose turn of which session it is. */
const OWN_HEADERS = /^(?:originator|session-id|thread-id|version|x-codex-.*|x-openai-.*)$/;

/** Throws `invalid_request` where the body lacks what routing needs. */
export function responseCall(
  { headers, signal }: Pick<HttpRequest, "headers" | "signal">,
  context: RequestContext,
  operation: Operation,
  formats: ClientFormats,
  { bytes, json, readMs }: JsonRequestBody,
): Call {
  return {
    id: context.id,
    operation,
    principal: context.principal,
    account: context.account,
    surface: SURFACE,
    formats,
    ...readEnvelope(json),
    body: json,
    bytes,
    headers: crossingHeaders(headers, CROSSING_HEADERS),
    native: { headers: crossingHeaders(headers, [], OWN_HEADERS), query: "" },
    session: sessionOf(headers),
    signal,
    arrivedMs: context.arrivedMs,
    readMs,
    trace: { upstream: undefined, attempts: 0, warnings: [] },
  };
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
