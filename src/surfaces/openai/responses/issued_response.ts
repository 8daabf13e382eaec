/** Hands a request on to the provider that keeps the response. */

import type { HandedBody } from "../../../core/call.ts";
import { GatewayError, HANDED_THROUGH } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import type { Outcome } from "../../../core/outcome.ts";
import type { ResponseKey } from "../../../core/response_store.ts";
import { ParsedBody } from "../../../core/http/parsed_body.ts";
import { handedFormat, handedRequests } from "../../../formats/hand_through/mod.ts";
import { callOfRequest, OPENAI_HEADERS, type ReadRequest } from "../../request/call_of_request.ts";
import { rawQuery } from "../../request/raw_path.ts";
import type { RequestContext } from "../../request/request_context.ts";
import type { Place } from "../../surface.ts";
import { checkForwardedPath } from "../forwarded_path.ts";
import { responseNotFound } from "./not_found.ts";
import { SURFACE } from "./response_call.ts";
import type { ResponsesParts } from "./responses_parts.ts";

const CROSSING_HEADERS = ["accept", ...OPENAI_HEADERS];

const NOTHING = new Uint8Array(0);
/** What is asked of a response is in its address. */
const NO_BODY: HandedBody = { isGone: false, open: () => undefined };

export interface Issued {
  readonly key: ResponseKey;
  readonly upstream: string;
}

/** Throws `not_found` where the provider is gone. */
export async function forwardToIssuer(
  { exchange, providerOf, formats, store }: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
  { path, base, endpoint }: Place,
  { key, upstream }: Issued,
): Promise<HttpAnswer> {
  const { method, target } = request;
  const query = rawQuery(target);
  checkForwardedPath(path, query);
  const provider = providerOf(upstream);
  if (provider === undefined) throw responseNotFound(key.id);
  const read: ReadRequest = {
    operation: "hand_through",
    surface: SURFACE,
    formats: {
      request: handedRequests(formats.request),
      answer: formats.answer,
      error: { ...formats.error, statusOf: statusOf(formats.error.statusOf) },
    },
    model: "",
    wantsStream: /[?&]stream=true\b/.test(query),
    body: new ParsedBody({}),
    bytes: NOTHING,
    handThrough: {
      method,
      path,
      pathAndQuery: endpoint + query,
      isAtOrigin: false,
      clientBase: base,
      body: NO_BODY,
      defaultProvider: provider,
      isCallersOwn: true,
      warnings: [],
      answer: handedFormat(endpoint),
    },
  };
  const call = callOfRequest(request, context, read, CROSSING_HEADERS);
  context.call = call;
  const reply = await exchange(call);
  if (method === "DELETE") {
    void reply.outcome.then(({ kind, status }: Outcome) => {
      if (kind === "complete" || status === 404) void store.forget(key);
    });
  }
  return reply.answer;
}

/** A provider's own error has the status that it came with. */
function statusOf(own: ((error: GatewayError) => number) | undefined) {
  return (error: GatewayError): number =>
    error.answer?.format === HANDED_THROUGH ? error.status : own?.(error) ?? error.status;
}
