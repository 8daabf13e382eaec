/**
 * Everything of an API that Weir does not interpret, handed through to the default upstream.
 *
 * @module
 */

import type { Forward } from "../../core/call.ts";
import type { ErrorFormat } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { crossingHeaders } from "../request/crossing_headers.ts";
import { errorAnswer } from "../error_answer.ts";
import { checkForwardedPath } from "./forwarded_path.ts";
import { basesWith } from "./openai_path.ts";
import type { PathRow } from "../path_table.ts";
import { rawQuery, sentPath } from "../request/raw_path.ts";
import type { Surface } from "../surface.ts";

/** OpenAI's endpoints that are forwarded below `/v1` as well; any other path is unknown there. */
const ENDPOINTS =
  /^\/(moderations|images|audio|videos|files|uploads|batches|conversations|fine_tuning|vector_stores|assistants|threads)(\/|$)/;

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"];

/** Ollama's own list of models, which its clients look for below any base, lies at the origin. */
const AT_ORIGIN = "/api/tags";

/**
 * Headers of a client that cross to the upstream. An allow-list: credentials, cookies, what a browser
 * or a proxy says of the client, and what comes up tomorrow stay here.
 */
const CROSSING_HEADERS: readonly string[] = [
  "accept",
  "accept-language",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-md5",
  "content-type",
  "digest",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "openai-beta",
  "prefer",
  "range",
  "via",
  "x-client-request-id",
];

export interface PassthroughParts {
  /** Path below which everything is forwarded. */
  readonly prefix: string;
  /** Name of the upstream that is asked. */
  readonly upstream: string;
  readonly forward: Forward;
  /** Further headers that its clients send and it knows. */
  readonly ownHeaders?: RegExp;
  /** What errors are written in. */
  readonly errorFormat: ErrorFormat;
}

export function passthroughSurface(parts: PassthroughParts): Surface {
  return {
    limitsOf: () => ["v1"],
    takesOptions: true,
    errorAnswer: (error, requestId) => errorAnswer(error, parts.errorFormat, requestId),
    answer: async (request, context, { path, base, endpoint }) => {
      if (!METHODS.includes(request.method)) {
        const message = `This address answers ${METHODS.join(", ")} only`;
        throw new GatewayError("method_not_allowed", message, { allow: METHODS });
      }
      const query = rawQuery(request.target);
      checkForwardedPath(isKnown(endpoint) ? path : sentPath(request.target), query);
      context.forwarded = { upstream: parts.upstream, attempts: 0 };
      const reply = await parts.forward({
        id: context.id,
        principal: context.principal,
        account: context.account,
        method: request.method,
        pathAndQuery: endpoint + query,
        isAtOrigin: base === parts.prefix && endpoint === AT_ORIGIN,
        clientBase: base,
        headers: crossingHeaders(request.headers, CROSSING_HEADERS, parts.ownHeaders),
        body: request.body,
        lengthBytes: request.lengthBytes,
        trace: context.forwarded,
        signal: request.signal,
        arrivedMs: context.arrivedMs,
      });
      context.outcome = reply.outcome;
      return reply.answer;
    },
  };
}

/** Its lines of the table, after those of all that is interpreted. */
export function passthroughRows(surface: Surface, own: string): readonly PathRow[] {
  return [{
    surface,
    bases: basesWith(own),
    takes: (endpoint, { method }, base) =>
      base === own
        ? endpoint !== "" && endpoint !== "/"
        : method !== "OPTIONS" && ENDPOINTS.test(endpoint),
  }];
}

/** Where one slash too many is a base URL's; before any other word, the word could be meant as a host. */
function isKnown(endpoint: string): boolean {
  return ENDPOINTS.test(endpoint) || endpoint.startsWith("/models/");
}
