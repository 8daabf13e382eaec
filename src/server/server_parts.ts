/** What all connections of a server share. */

import type { BagItem } from "../bytes/bag.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { HttpAnswer, HttpHandler } from "../core/http/http.ts";
import type { DateLine } from "./answer/answer_head.ts";
import type { OutputBuffers } from "../bytes/output_buffers.ts";
import type { OpenWebSocket } from "./raw_connection.ts";
import type { HttpServerOptions } from "./server_options.ts";
import type { Ticker } from "./ticker.ts";

/** An answer whose body is there. */
export interface TextAnswer extends HttpAnswer {
  readonly body: string;
}

/** Says in the form of the API's errors why a request is refused that no handler sees; once for each. */
export type Refuse = (failure: GatewayError, peerAddress: string) => TextAnswer;

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

/** Whom a connection belongs to. */
export interface ConnectionOwner {
  readonly isDraining: boolean;
  exchangeBegan(): void;
  exchangeEnded(): void;
  connectionClosed(connection: OwnedConnection): void;
}

/** What its owner does with a connection. */
export interface OwnedConnection extends BagItem {
  readonly peerAddress: string;
  /** Ends it where it is due, by the ticker's step. */
  look(now: number): void;
  /** Closes it where it carries nothing. */
  drain(): void;
  close(): void;
}

export interface Peer {
  readonly isSecure: boolean;
  /** Empty on a unix socket. */
  readonly address: string;
}

/**
 * What a connection is doing:
 *
 * - `head`: a request is waited for, or its head;
 * - `exchange`: a request is answered, and its body may still come;
 * - `discarding`: it was answered, and the rest of its body is read;
 * - `refusing`: no request is read any more, and the refusal leaves;
 * - `lingering`: nothing is written any more, and what comes is thrown away;
 * - `raw`: another protocol's.
 */
export type ConnectionState =
  | "head"
  | "exchange"
  | "discarding"
  | "refusing"
  | "lingering"
  | "raw"
  | "closed";
