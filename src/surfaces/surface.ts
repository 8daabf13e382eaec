/** An API that clients call, as the request handler sees it. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { LimitClass } from "../core/principal.ts";
import type { RequestContext } from "./request/request_context.ts";

export interface Surface {
  /** Whether a request is for it. Surfaces are asked in order; the first that takes it answers. */
  readonly takes: (request: Request, path: string) => boolean;
  readonly limitsOf: (request: Request, path: string) => readonly LimitClass[];
  /** `OPTIONS` is for it as well, where it is no preflight. */
  readonly takesOptions?: boolean;
  /** Throws `GatewayError` where no answer has begun. */
  readonly fetch: (request: Request, context: RequestContext) => Promise<Response> | Response;
  /** A failure in the form that its clients read. */
  readonly errorResponse: (error: GatewayError, requestId: string) => Response;
}
