/** What connections for responses work with. */

import type { GatewayError } from "../../../../core/gateway_error.ts";
import type { HttpRequest } from "../../../../core/http/http.ts";
import type { HeaderReader } from "../../../../core/provider/transport.ts";
import type { ConnectionSummary } from "../../../openrouter/socket/socket_connection.ts";
import type { WebSocketOptions } from "../../../openrouter/socket/options.ts";
import type { JsonLimits } from "../../../request/measure_json.ts";
import type { RequestContext } from "../../../request/request_context.ts";
import type { ResponsesParts } from "../responses_parts.ts";

/** The request that opened a connection. */
export interface Opening {
  readonly context: RequestContext;
  /** May hold a key, as may the target. */
  readonly headers: HeaderReader;
  readonly target: string;
}

/** What the newest configuration says of all connections. */
export interface ResponseSocketParts {
  readonly responses: ResponsesParts;
  readonly options: WebSocketOptions;
  readonly jsonLimits: JsonLimits;
  readonly maxEventBytes: number;
  /** No other check holds a web page back: browsers let it open any WebSocket. */
  readonly isOriginAllowed: (origin: string | null, request: HttpRequest) => boolean;
  /** Names who calls and counts one request, for each anew. Throws whatever keeps it out. */
  readonly admitRequest: (
    context: RequestContext,
    opening: Pick<Opening, "headers" | "target">,
  ) => void | Promise<void>;
  /** Told of a request that was kept out, or that no call can be made of; its context has the error. */
  readonly recordRefusal: (context: RequestContext, error: GatewayError) => void;
  /** One line for a connection that has ended. */
  readonly record: (summary: ConnectionSummary) => void;
}
