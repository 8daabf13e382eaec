/** Makes a call of a request to Gemini's API: reads it just far enough to be routed. */

import type { Call, OwnAnswer } from "../../core/call.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import { isJsonObject, type JsonObject } from "../../core/text/json.ts";
import { callOfRequest } from "../request/call_of_request.ts";
import { crossingHeaders } from "../request/crossing_headers.ts";
import { rawQuery } from "../request/raw_path.ts";
import { type BodyLimits, readJsonRequest } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";
import type { AddressedCall, GeminiMethod } from "./gemini_path.ts";

/** The surface's name, for the log. */
const SURFACE = "gemini";

/** Headers of a client that only Google knows: what the client is, and how long it waits. */
const OWN_HEADERS = ["x-goog-api-client", "x-server-timeout"];

/** What clients speak, by what they ask. */
export interface GeminiFormats {
  /** Of whole answers and of streams of events. */
  readonly chat: ClientFormats;
  /** Of streams that are one JSON array. */
  readonly array: ClientFormats;
  readonly embed: ClientFormats;
  readonly batchEmbed: ClientFormats;
}

export interface GeminiCallParts {
  readonly formats: GeminiFormats;
  readonly bodyLimits: BodyLimits;
  /** An estimate of the tokens of a prompt, where no upstream can count them. */
  readonly estimatePrompt: (call: Pick<Call, "formats" | "body">) => number;
}

/** Throws `GatewayError` for a body that is no JSON, too large, or lacks what routing needs. */
export async function readGeminiCall(
  request: HttpRequest,
  context: RequestContext,
  { model, method }: AddressedCall,
  { formats: known, bodyLimits, estimatePrompt }: GeminiCallParts,
): Promise<Call> {
  const { bytes, json, readMs } = await readJsonRequest(request, bodyLimits);
  checkBody(method, json);
  const formats = formatsOf(method, known, new URLSearchParams(rawQuery(request.target)));
  const { operation, wantsStream } = method;
  const body = new ParsedBody(json, bytes);
  return callOfRequest(request, context, {
    operation,
    surface: SURFACE,
    formats,
    model,
    wantsStream,
    body,
    bytes,
    native: { headers: crossingHeaders(request.headers, OWN_HEADERS), query: "" },
    readMs,
    ...(operation === "count_tokens" && {
      ownAnswer: () => ownCount(estimatePrompt({ formats, body })),
    }),
  });
}

function formatsOf(
  { name, wantsStream }: GeminiMethod,
  formats: GeminiFormats,
  query: URLSearchParams,
): ClientFormats {
  if (name === "embedContent") return formats.embed;
  if (name === "batchEmbedContents") return formats.batchEmbed;
  const form = query.get("alt") ?? query.get("$alt");
  return wantsStream && form !== "sse" ? formats.array : formats.chat;
}

function ownCount(totalTokens: number): OwnAnswer {
  return {
    body: { totalTokens },
    headers: [["x-weir-tokens", "estimated"]],
    warning: "The tokens are estimated: no upstream of the model counts them",
  };
}

/** Everything else is the upstream's to judge. */
function checkBody({ name }: GeminiMethod, body: JsonObject): void {
  const { contents = null, content = null, requests = null } = body;
  switch (name) {
    case "batchEmbedContents":
      if (!Array.isArray(requests) || requests.length === 0) {
        throw invalid("requests", "must be a list of at least one request");
      }
      return;
    case "embedContent":
      if (content === null) throw invalid("content", "is not specified");
      return;
    case "countTokens": {
      const whole = body["generateContentRequest"] ?? body["generate_content_request"] ?? null;
      if (isJsonObject(whole)) return;
    }
  }
  if (contents === null) throw invalid("contents", "is not specified");
  if (Array.isArray(contents) && contents.length === 0) throw invalid("contents", "is empty");
}

function invalid(field: string, problem: string): GatewayError {
  return new GatewayError("invalid_request", `${field}: ${field} ${problem}`, { param: field });
}
