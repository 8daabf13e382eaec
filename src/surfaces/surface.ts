/** An API that clients call, as the request handler sees it. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { RequestContext } from "./request_context.ts";

/** Limits that a request counts against, once in each. */
export type LimitClass =
  /** Every request to the OpenRouter service. */
  | "service"
  /** Its requests that cost money. */
  | "inference"
  /** Its WebSocket connections. */
  | "websocket"
  /** OpenAI's API and what is handed through. */
  | "v1";

export interface Surface {
  /** Whether a request is for it. Surfaces are asked in order; the first that takes it answers. */
  readonly takes: (request: Request, path: string) => boolean;
  readonly limitsOf: (request: Request, path: string) => readonly LimitClass[];
  /** `OPTIONS` is for it as well, where it is no preflight. */
  readonly takesOptions?: boolean;
  /** Throws `GatewayError` where no answer has begun. */
  readonly fetch: (request: Request, context: RequestContext) => Promise<Response> | Response;
  /** A failure in the form that its clients read. */
  readonly errorResponse: (error: GatewayError) => Response;
}
