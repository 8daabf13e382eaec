/** What all connections of a server share. */

import type { GatewayError } from "../core/gateway_error.ts";
import type { HttpAnswer, HttpHandler } from "../core/http.ts";
import type { DateLine } from "./answer/answer_head.ts";
import type { OutputBuffers } from "./answer/output_buffers.ts";
import type { OpenWebSocket } from "./raw_connection.ts";
import type { HttpServerOptions } from "./server_options.ts";
import type { Ticker } from "./ticker.ts";

/** An answer whose body is there. */
export interface TextAnswer extends HttpAnswer {
  readonly body: string;
}

/** Says in the form of the API's errors why a request is refused that no handler sees. */
export type Refuse = (failure: GatewayError) => TextAnswer;

/** Takes whatever a handler or a body throws, which it should not. */
export type ReportBug = (thrown: unknown) => void;

export interface ServerParts {
  readonly options: HttpServerOptions;
  readonly handler: HttpHandler;
  readonly refuse: Refuse;
  readonly reportBug: ReportBug;
  readonly openWebSocket: OpenWebSocket;
  readonly date: DateLine;
  readonly buffers: OutputBuffers;
  readonly ticker: Ticker;
}
