/**
 * Everything of an API that Weir does not interpret, handed through to the upstream of the model that it names, or
 * to the default one.
 *
 * @module
 */

import type { Exchange } from "../../core/call.ts";
import { ParsedBody } from "../../core/http/parsed_body.ts";
import type { ClientFormats } from "../../core/format.ts";
import { GatewayError, HANDED_THROUGH } from "../../core/gateway_error.ts";
import type { Provider } from "../../core/provider/provider.ts";
import { handedFormat, handedRequests } from "../../formats/hand_through/mod.ts";
import { beginBody } from "../request/begin_body.ts";
import { callOfRequest, type ReadRequest } from "../request/call_of_request.ts";
import { crossingHeaders } from "../request/crossing_headers.ts";
import { errorAnswer } from "../error_answer.ts";
import { checkForwardedPath } from "./forwarded_path.ts";
import { basesWith } from "./openai_path.ts";
import type { PathRow } from "../path_table.ts";
import { rawQuery, sentPath } from "../request/raw_path.ts";
import type { BodyLimits } from "../request/read_json_body.ts";
import type { Surface } from "../surface.ts";

/** The surface's name, for the log. */
const SURFACE = "passthrough";

/** What is handed through is read for estimates alone. */
const NOTHING = new Uint8Array(0);

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
  /** Who takes what names no model, or one that no list has. */
  readonly defaultProvider: Provider;
  readonly exchange: Exchange;
  /** What its clients speak; errors of Weir's own are written in it. */
  readonly formats: ClientFormats;
  /** Further headers that its clients send, for upstreams that speak the same. */
  readonly ownHeaders?: RegExp;
  readonly bodyLimits: BodyLimits;
}

export function passthroughSurface(parts: PassthroughParts): Surface {
  const { prefix, defaultProvider, exchange, ownHeaders, bodyLimits } = parts;
  const formats = handedFormats(parts.formats);
  return {
    limitsOf: () => ["v1"],
    takesOptions: true,
    errorAnswer: (error, requestId) => errorAnswer(error, formats.error, requestId),
    answer: async (request, context, { path, base, endpoint }) => {
      const { method, headers, target } = request;
      if (!METHODS.includes(method)) {
        const message = `This address answers ${METHODS.join(", ")} only; send one of those`;
        throw new GatewayError("method_not_allowed", message, { allow: METHODS });
      }
      const query = rawQuery(target);
      checkForwardedPath(isKnown(endpoint) ? path : sentPath(target), query);
      const begun = await beginBody(request, bodyLimits);
      const read: ReadRequest = {
        operation: "hand_through",
        surface: SURFACE,
        formats,
        model: begun.model,
        wantsStream: begun.json["stream"] === true,
        body: new ParsedBody(begun.json),
        bytes: NOTHING,
        ...(ownHeaders && { native: { headers: crossingHeaders(headers, [], ownHeaders), query } }),
        handThrough: {
          method,
          path,
          pathAndQuery: endpoint + query,
          isAtOrigin: base === prefix && endpoint === AT_ORIGIN,
          clientBase: base,
          body: begun.body,
          defaultProvider,
          warnings: begun.warnings,
          answer: handedFormat(endpoint),
        },
        readMs: bodyLimits.clock.nowMs(),
      };
      const call = callOfRequest(request, context, read, CROSSING_HEADERS);
      context.call = call;
      return (await exchange(call)).answer;
    },
  };
}

/** An upstream's own error has the status that it came with. */
function handedFormats({ request, answer, error }: ClientFormats): ClientFormats {
  const statusOf = (failure: GatewayError): number =>
    failure.answer?.format === HANDED_THROUGH
      ? failure.status
      : error.statusOf?.(failure) ?? failure.status;
  return { request: handedRequests(request), answer, error: { ...error, statusOf } };
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
