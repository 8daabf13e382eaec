/**
 * A request of a client and its answer, as plain objects: what the server reads and writes, and what the
 * surfaces answer. No type of the runtime's own is made for a call.
 *
 * @module
 */

import type { GatewayError } from "../gateway_error.ts";
import type { Signal } from "./signal.ts";
import type { UpgradeOptions, WebSocketConnection } from "./websocket.ts";
import type { AnswerHeaders } from "./answer_headers.ts";
import type { ByteSource, HeaderReader } from "../provider/transport.ts";

/** A request whose head has arrived. Whoever answers it reads the body; nobody has to. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query as they were sent (absolute targets without their origin), or `*`. */
  readonly target: string;
  /** The authority it is for: that of an absolute target, else the `Host` field; empty in HTTP/1.0 without one. */
  readonly host: string;
  /** Names in lower case, in the order in which they came; a repeated one has its values joined by commas. */
  readonly headers: HeaderReader;
  /** `null` where the request has none. The server reads the rest of one that is left, within its bounds. */
  readonly body: RequestBody | null;
  /** Of the body, where the request states it. */
  readonly lengthBytes: number | undefined;
  /** Came over TLS. */
  readonly isSecure: boolean;
  /** Address of the other end of the connection: the client's, or a proxy's; empty on a unix socket. */
  readonly peerAddress: string;
  /** Aborts once the client has left, until the answer has left whole. Made when it is first asked for. */
  readonly signal: Signal;
  /**
   * Makes a WebSocket of the connection; the answer is then the one that `upgrade` returns. Throws
   * `GatewayError` as `checkHandshake` does (core/websocket_handshake.ts).
   */
  readonly upgrade: (options: UpgradeOptions) => WebSocketUpgrade;
}

/** `read` rejects with `client_closed` where the body breaks off, `invalid_request` where its framing is broken. */
export interface RequestBody extends ByteSource {
  /**
   * All of the body that is still to be read, where it has arrived whole: it then counts as read. `undefined`
   * where it must be waited for. Most bodies come with their heads, and cost no promise this way.
   */
  takeWhole(): Uint8Array<ArrayBuffer> | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  /** Framing, `date` and `connection: keep-alive` are the server's own; `connection: close` closes. */
  readonly headers: AnswerHeaders;
  /** A text is written as UTF-8. */
  readonly body: Uint8Array<ArrayBuffer> | string | StreamedAnswer | null;
}

/** Whether a body is written while it arises. */
export function isStreamed(body: HttpAnswer["body"]): body is StreamedAnswer {
  return typeof body === "object" && body !== null && !(body instanceof Uint8Array);
}

/** A body that is not sent: the answer to HEAD has its length. */
export function unsentBody(lengthBytes: number): StreamedAnswer {
  return { lengthBytes, start: (sink) => sink.abort(), cancel: () => {} };
}

/** A body that is written while it arises. */
export interface StreamedAnswer {
  /** Of the whole body, where it is known; without it the body is chunked. */
  readonly lengthBytes?: number;
  /** Begins to write; called at most once. What is written before it returns leaves with the head. */
  start(sink: AnswerSink): void;
  /**
   * The client has left, or the answer goes nowhere; called at most once, and not after its end.
   *
   * @param cause What keeps it from a client that is still there.
   */
  cancel(cause?: GatewayError): void;
}

/** The same body; `see` is told of all that is written, which is the sink's right after. */
export function seenAnswer(
  body: StreamedAnswer,
  see: (bytes: Uint8Array<ArrayBuffer>) => void,
): StreamedAnswer {
  return {
    ...(body.lengthBytes !== undefined && { lengthBytes: body.lengthBytes }),
    start: (sink) =>
      body.start({
        write: (bytes) => {
          see(bytes);
          return sink.write(bytes);
        },
        end: () => sink.end(),
        abort: () => sink.abort(),
      }),
    cancel: (cause) => body.cancel(cause),
  };
}

/** Where a streamed answer is written to. */
export interface AnswerSink {
  /**
   * Takes bytes, which then belong to the sink. A promise says that the client is behind: it resolves when
   * there is room again or the client has left, and never rejects.
   */
  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined;
  /** The body is whole. */
  end(): void;
  /** The body breaks off: the client is shown a broken connection and never a shorter answer. */
  abort(): void;
}

export interface WebSocketUpgrade {
  readonly answer: HttpAnswer;
  readonly socket: WebSocketConnection;
}

/** Answers one request. Never rejects. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpAnswer> | HttpAnswer;
