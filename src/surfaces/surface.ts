/** A part of an API that clients call, as the request handler sees it. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../core/http/http.ts";
import type { LimitClass } from "../core/principal.ts";
import type { RequestContext } from "./request/request_context.ts";

/** Where a request is in an API. */
export interface Place {
  /** The path as it was sent, but for doubled slashes. */
  readonly path: string;
  /** What of it is the client's base URL; empty for one without a path. */
  readonly base: string;
  /** What follows, in the table's own spelling where it has it by name. */
  readonly endpoint: string;
}

export interface Surface {
  readonly limitsOf: (request: HttpRequest, place: Place) => readonly LimitClass[];
  /** `OPTIONS` is for it as well, where it is no preflight. */
  readonly takesOptions?: boolean;
  /** Throws `GatewayError` where no answer has begun. */
  readonly answer: (
    request: HttpRequest,
    context: RequestContext,
    place: Place,
  ) => Promise<HttpAnswer> | HttpAnswer;
  /** A failure in the form that its clients read. */
  readonly errorAnswer: (error: GatewayError, requestId: string) => HttpAnswer;
}
