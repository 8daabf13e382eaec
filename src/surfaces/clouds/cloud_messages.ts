/**
 * Calls of Messages as clients of clouds send them: the model, and whether the answer is streamed, stand in the
 * address, version and betas in the body.
 *
 * @module
 */

import { patchedBody } from "../../bytes/json/patch.ts";
import type { Call } from "../../core/call.ts";
import type { ClientFormats } from "../../core/format.ts";
import type { HttpRequest } from "../../core/http/http.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { Operation } from "../../core/provider/provider.ts";
import type { HeaderList } from "../../core/provider/transport.ts";
import { messagesCall, OWN_HEADERS } from "../anthropic/messages_call.ts";
import { crossingHeaders } from "../request/crossing_headers.ts";
import { type BodyLimits, readJsonBody } from "../request/read_json_body.ts";
import type { RequestContext } from "../request/request_context.ts";

/** What an address says. */
export interface CloudAddress {
  readonly operation: Operation;
  /** `undefined` where the body names it. */
  readonly model: string | undefined;
  readonly wantsStream: boolean;
}

export interface CloudCallParts {
  /** The surface's name, for the log. */
  readonly surface: string;
  readonly formats: ClientFormats;
  readonly bodyLimits: BodyLimits;
}

const BETA_HEADER = "anthropic-beta";
const VERSION_HEADER = "anthropic-version";
/** Betas that clients of clouds call otherwise than Anthropic does; each cloud is told its own name again. */
const COMMON_BETAS: ReadonlyMap<string, string> = new Map([
  ["tool-search-tool-2025-10-19", "advanced-tool-use-2025-11-20"],
]);
/** A version that is no cloud's own, such as `bedrock-2023-05-31`. */
const COMMON_VERSION = /^\d{4}-\d\d-\d\d$/;

/**
 * The call in the words of Messages: so each provider gets it in its own, and one of the same cloud as it came.
 *
 * Throws `GatewayError` for a body that is no JSON, too large, or lacks what routing needs.
 */
export async function readCloudCall(
  request: HttpRequest,
  context: RequestContext,
  address: CloudAddress,
  { surface, formats, bodyLimits }: CloudCallParts,
): Promise<Call> {
  const { bytes, json, readMs } = await readJsonBody(request, bodyLimits);
  const headers = fromBody(crossingHeaders(request.headers, [], OWN_HEADERS), json);
  return messagesCall(request, context, address.operation, {
    surface,
    formats,
    ...patchedBody(bytes, json, asMessages(json, address)),
    readMs,
    native: { headers, query: "" },
  });
}

function asMessages(
  { anthropic_version: _, anthropic_beta: __, ...rest }: JsonObject,
  { model, operation, wantsStream }: CloudAddress,
): JsonObject {
  const { stream: ___, ...plain } = rest;
  return {
    ...(operation === "count_tokens" ? plain : rest),
    ...(model !== undefined && { model }),
    ...(wantsStream && { stream: true }),
  };
}

/** What the body says in place of headers. */
function fromBody(
  headers: HeaderList,
  { anthropic_beta: given, anthropic_version: version }: JsonObject,
): HeaderList {
  const inBody = Array.isArray(given) ? given.filter((beta) => typeof beta === "string") : [];
  const sent = headers.flatMap(([name, value]) => name === BETA_HEADER ? [value] : []);
  const named = [...sent, ...inBody].flatMap((betas) => betas.split(","))
    .map((beta) => COMMON_BETAS.get(beta.trim()) ?? beta.trim());
  const betas = [...new Set(named)].join(",");
  const isCommon = typeof version === "string" && COMMON_VERSION.test(version);
  return [
    ...headers.filter(([name]) => name !== BETA_HEADER && !(isCommon && name === VERSION_HEADER)),
    ...(isCommon ? [[VERSION_HEADER, version]] as const : []),
    ...(betas === "" ? [] : [[BETA_HEADER, betas]] as const),
  ];
}
