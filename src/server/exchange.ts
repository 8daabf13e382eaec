/**
 * One request and its answer.
 *
 * @module
 */

import { bodyBrokeOff } from "../bytes/client_body.ts";
import type { AnswerHeaders } from "../core/http/answer_headers.ts";
import { clientGone, toGatewayError } from "../core/gateway_error.ts";
import { OwnSignal, type Signal } from "../core/http/signal.ts";
import type {
  HttpAnswer,
  HttpHandler,
  HttpRequest,
  StreamedAnswer,
  WebSocketUpgrade,
} from "../core/http/http.ts";
import type { UpgradeOptions } from "../core/http/websocket.ts";
import { beginHead, endHead, switchingHead } from "./answer/answer_head.ts";
import type { Persistence } from "./answer/answer_head.ts";
import { packAnswer } from "./answer/pack_answer.ts";
import type { SocketWriter } from "./answer/socket_writer.ts";
import { StreamedBody } from "./answer/streamed_body.ts";
import type { StreamFraming, StreamWatcher } from "./answer/streamed_body.ts";
import { ReceivedBody } from "./body/request_body.ts";
import type { BodyWatcher } from "./body/request_body.ts";
import type { RequestFields } from "./head/request_fields.ts";
import type { RequestHead } from "./head/request_head.ts";
import type { RawProtocol } from "../framing/websocket/raw_connection.ts";
import type { ServerParts } from "./server_parts.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const ENCODER = new TextEncoder();

/** What an exchange needs of the connection that it is on. */
export interface ExchangeConnection {
  readonly writer: SocketWriter;
  readonly isSecure: boolean;
  readonly peerAddress: string;
  /** Another request is welcome on it. */
  readonly mayStay: boolean;
  /** Reads on where it had paused. */
  bodyWanted(): void;
  /** All of the answer has been given to the writer, or as much as there will be of it. */
  answerWritten(): void;
  /** The head of the answer has been given to the writer, and what follows is another protocol's. */
  switchTo(protocol: RawProtocol): void;
}

export class Exchange implements HttpRequest, BodyWatcher, StreamWatcher {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers: RequestFields;
  readonly lengthBytes: number | undefined;
  readonly body: ReceivedBody | null;
  readonly isSecure: boolean;
  readonly peerAddress: string;
  /** All of the answer has been given to the writer. */
  isWritten = false;
  /** The connection must end with the answer, whose end may be told by that alone. */
  mustClose = false;
  readonly #head: RequestHead;
  readonly #connection: ExchangeConnection;
  readonly #parts: ServerParts;
  #isAnswered = false;
  #hasContinued = false;
  #hasLeft = false;
  #signal: OwnSignal | undefined;
  #stream: { readonly answer: StreamedAnswer; readonly body: StreamedBody } | undefined;
  #protocol: RawProtocol | undefined;

  constructor(head: RequestHead, connection: ExchangeConnection, parts: ServerParts) {
    this.method = head.method;
    this.target = head.target;
    this.host = head.host;
    this.headers = head.headers;
    this.lengthBytes = head.lengthBytes;
    const hasBody = head.isChunked || (head.lengthBytes ?? 0) > 0;
    this.body = hasBody ? new ReceivedBody(this, head.lengthBytes, parts.options) : null;
    this.isSecure = connection.isSecure;
    this.peerAddress = connection.peerAddress;
    this.#head = head;
    this.#connection = connection;
    this.#parts = parts;
  }

  get signal(): Signal {
    if (this.#signal === undefined) {
      this.#signal = new OwnSignal();
      if (this.#hasLeft) this.#signal.abort(clientGone());
    }
    return this.#signal;
  }

  upgrade(options: UpgradeOptions): WebSocketUpgrade {
    const opened = this.#parts.openWebSocket(this, options);
    this.#protocol = opened.protocol;
    return opened;
  }

  /** Has it answered. What was answered without a promise is written without one. */
  begin(handler: HttpHandler): void {
    try {
      const answer = handler(this);
      if (answer instanceof Promise) answer.then(this.#answer, this.#fail);
      else this.#answer(answer);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** The client has left, or will not send any more, which cannot be told apart. */
  leave(): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.mustClose = true;
    this.#protocol?.ended();
    this.#protocol = undefined;
    this.body?.fail(bodyBrokeOff(undefined));
    if (this.#signal !== undefined) this.#give(() => this.#signal?.abort(clientGone()));
    const stream = this.#stream;
    if (stream === undefined || this.isWritten) return;
    stream.body.close();
    this.#give(() => stream.answer.cancel());
    this.#endWriting();
  }

  /** The head says 100 once somebody asks for the body, and not at all where nobody does. */
  bodyWanted(): void {
    const { expectsContinue } = this.#head;
    const isAwaited = this.body?.wasWanted === true && this.body.receivedBytes === 0;
    if (expectsContinue && isAwaited && !this.#hasContinued && !this.#isAnswered) {
      this.#hasContinued = true;
      this.#connection.writer.addLatin1(CONTINUE);
      this.#connection.writer.flush();
    }
    this.#connection.bodyWanted();
  }

  streamEnded(): void {
    this.#endWriting();
  }

  streamAborted(): void {
    this.mustClose = true;
    this.#endWriting();
  }

  #endWriting(): void {
    this.isWritten = true;
    this.#connection.answerWritten();
  }

  readonly #answer = (answer: HttpAnswer): void => {
    try {
      const packing = packAnswer(answer, this.headers.get("accept-encoding"), this.method);
      if (packing === undefined) this.#send(answer);
      else packing.then((packed) => this.#send(packed)).catch(this.#fail);
    } catch (thrown) {
      this.#fail(thrown);
    }
  };

  readonly #fail = (thrown: unknown): void => {
    this.#parts.reportBug(thrown);
    if (this.#isAnswered) return this.streamAborted();
    this.mustClose = true;
    this.#send(this.#parts.refuse(toGatewayError(thrown), this.peerAddress));
  };

  #send(answer: HttpAnswer): void {
    this.#isAnswered = true;
    const { writer } = this.#connection;
    const { status, headers, body } = answer;
    const protocol = this.#protocol;
    if (status === 101 && protocol !== undefined) {
      writer.addLatin1(switchingHead(status, headers, this.#parts.date.line));
      this.#connection.switchTo(protocol);
      return writer.flush();
    }
    protocol?.ended();
    this.#protocol = undefined;
    if (!this.#mayStay(headers)) this.mustClose = true;
    const head = beginHead(status, headers, this.#parts.date.line);
    if (this.method === "HEAD" || status === 204 || status === 304) {
      this.#sendHeadAlone(head, status, body);
    } else if (body === null) {
      writer.addLatin1(head + endHead({ lengthBytes: 0 }, this.#persistence));
    } else if (typeof body === "string") {
      const persistence = this.#persistence;
      writer.addTextAnswer((lengthBytes) => head + endHead({ lengthBytes }, persistence), body);
    } else if (body instanceof Uint8Array) {
      writer.addAnswer(head + endHead({ lengthBytes: body.length }, this.#persistence), body);
    } else {
      return this.#startStream(head, body);
    }
    writer.flush();
    this.#endWriting();
  }

  /** An answer to HEAD has the length that its body would have. */
  #sendHeadAlone(head: string, status: number, body: HttpAnswer["body"]): void {
    const lengthBytes = this.method === "HEAD" && status !== 204 && status !== 304
      ? lengthOf(body)
      : undefined;
    const framing = lengthBytes === undefined ? "none" : { lengthBytes };
    this.#connection.writer.addLatin1(head + endHead(framing, this.#persistence));
    if (isStreamed(body)) this.#give(() => body.cancel());
  }

  #startStream(head: string, answer: StreamedAnswer): void {
    if (this.#hasLeft) {
      this.#give(() => answer.cancel());
      return this.streamAborted();
    }
    const { lengthBytes } = answer;
    let framing: StreamFraming = "chunked";
    if (lengthBytes !== undefined) framing = { lengthBytes };
    else if (this.#head.isHttp10) framing = "until_close";
    if (framing === "until_close") this.mustClose = true;
    const { writer } = this.#connection;
    writer.addLatin1(head + endHead(framing, this.#persistence));
    const body = new StreamedBody(writer, framing, this);
    this.#stream = { answer, body };
    this.#give(() => answer.start(body));
    body.release();
  }

  /** Calls what an answer is made of; a bug in it ends this exchange and no other. */
  #give(call: () => void): void {
    try {
      call();
    } catch (thrown) {
      this.#parts.reportBug(thrown);
      this.#stream?.body.abort();
    }
  }

  get #persistence(): Persistence {
    if (this.mustClose) return "closes";
    return this.#head.isHttp10 ? "stays_http10" : "stays";
  }

  /** Whether the connection can carry another request, as far as is known before the answer has left. */
  #mayStay(headers: AnswerHeaders): boolean {
    if (!this.#head.keepsAlive || !this.#connection.mayStay) return false;
    const connection = headers.get("connection");
    if (connection !== null && connection.toLowerCase() === "close") return false;
    const { body } = this;
    if (body === null || body.isComplete) return true;
    // Whoever read it had enough of it, or of waiting for it.
    if (body.isDiscarded) return false;
    // A client that waits for 100 may send the body or leave it, and nobody could tell which it does.
    if (this.#head.expectsContinue && !this.#hasContinued && body.receivedBytes === 0) return false;
    return body.failure === undefined && body.leftBytes <= this.#parts.options.maxDiscardedBytes;
  }
}

function isStreamed(body: HttpAnswer["body"]): body is StreamedAnswer {
  return body !== null && typeof body === "object" && !(body instanceof Uint8Array);
}

function lengthOf(body: HttpAnswer["body"]): number | undefined {
  if (body === null) return 0;
  if (typeof body === "string") return ENCODER.encode(body).length;
  return body instanceof Uint8Array ? body.length : body.lengthBytes;
}
