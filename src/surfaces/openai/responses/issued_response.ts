/** Hands a request on to the provider that keeps the response. */

import type { HttpAnswer, HttpRequest } from "../../../core/http.ts";
import type { Outcome } from "../../../core/outcome.ts";
import type { ResponseKey } from "../../../core/response_store.ts";
import { crossingHeaders } from "../../request/crossing_headers.ts";
import { rawQuery } from "../../request/raw_path.ts";
import type { RequestContext } from "../../request/request_context.ts";
import type { Place } from "../../surface.ts";
import { checkForwardedPath } from "../forwarded_path.ts";
import { responseNotFound } from "./not_found.ts";
import type { ResponsesParts } from "./responses_parts.ts";

const CROSSING_HEADERS = [
  "accept",
  "accept-language",
  "content-type",
  "idempotency-key",
  "openai-beta",
  "via",
  "x-client-request-id",
];

export interface Issued {
  readonly key: ResponseKey;
  readonly upstream: string;
}

/** Throws `not_found` where the provider is gone. */
export async function forwardToIssuer(
  { forwardTo, store }: ResponsesParts,
  request: HttpRequest,
  context: RequestContext,
  { path, base, endpoint }: Place,
  { key, upstream }: Issued,
): Promise<HttpAnswer> {
  const { method, headers, target, body, lengthBytes, signal } = request;
  const query = rawQuery(target);
  checkForwardedPath(path, query);
  const forward = forwardTo(upstream);
  if (forward === undefined) throw responseNotFound(key.id);
  context.forwarded = { upstream, attempts: 0 };
  const reply = await forward({
    id: context.id,
    principal: context.principal,
    account: context.account,
    method,
    pathAndQuery: endpoint + query,
    isAtOrigin: false,
    clientBase: base,
    headers: crossingHeaders(headers, CROSSING_HEADERS),
    body,
    lengthBytes,
    trace: context.forwarded,
    signal,
    arrivedMs: context.arrivedMs,
  });
  context.outcome = reply.outcome;
  if (method === "DELETE") {
    void reply.outcome.then(({ status }: Outcome) => {
      if (status < 300 || status === 404) void store.forget(key);
    });
  }
  return reply.answer;
}
