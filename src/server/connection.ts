/**
 * One connection of a client: requests that come one after the other, and their answers in the same order.
 *
 * A read is always pending, so that a client that leaves is known at once, unless so much waits to be dealt
 * with that no more should come: the next request while one is answered, or a body that nobody reads yet.
 *
 * @module
 */

import { OUTSIDE } from "../bytes/bag.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import { beginHead, endHead } from "./answer/answer_head.ts";
import { SocketWriter } from "./answer/socket_writer.ts";
import type { WriteWatcher } from "./answer/socket_writer.ts";
import { Exchange } from "./exchange.ts";
import type { ExchangeConnection } from "./exchange.ts";
import { HeldBack } from "./held_back.ts";
import { RequestParser } from "./head/request_parser.ts";
import type { RawProtocol } from "../framing/websocket/raw_connection.ts";
import { ReadBuffer } from "./read_buffer.ts";
import { headIsLate } from "./refusals.ts";
import type {
  ConnectionOwner,
  ConnectionState,
  OwnedConnection,
  Peer,
  ServerParts,
} from "./server_parts.ts";
import { SwitchedConnection } from "./switched_connection.ts";
import type { ClientSocket } from "./socket.ts";
import { NO_DEADLINE } from "./ticker.ts";

/** A client reads its last answer though it still sends: a close would destroy that, and it waits beyond the bytes. */
const LINGER_MS = 2_000;
/** For the request of a client that connects while the server stops. */
const LAST_REQUEST_MS = 500;

export class ClientConnection implements OwnedConnection, ExchangeConnection, WriteWatcher {
  place = OUTSIDE;
  readonly writer: SocketWriter;
  readonly isSecure: boolean;
  readonly peerAddress: string;
  readonly #socket: ClientSocket;
  readonly #owner: ConnectionOwner;
  readonly #parts: ServerParts;
  readonly #parser: RequestParser;
  readonly #readBuffer: ReadBuffer;
  #state: ConnectionState = "head";
  #exchange: Exchange | undefined;
  #protocol: RawProtocol | undefined;
  #requests = 0;
  readonly #heldBack = new HeldBack();
  /** A stop waits for its first request, as it does for answers. */
  #isAwaited = false;
  /** The client has sent all that it will. */
  #hasEnded = false;
  #readDeadline: number;
  #writeDeadline = NO_DEADLINE;

  constructor(socket: ClientSocket, peer: Peer, owner: ConnectionOwner, parts: ServerParts) {
    this.writer = new SocketWriter(socket, parts.buffers, this);
    this.isSecure = peer.isSecure;
    this.peerAddress = peer.address;
    this.#socket = socket;
    this.#owner = owner;
    this.#parts = parts;
    this.#parser = new RequestParser(parts.options);
    this.#readBuffer = new ReadBuffer(parts.buffers);
    this.#readDeadline = parts.ticker.after(parts.options.headTimeoutMs);
  }

  /** Reads until the connection is over. Never rejects. */
  async run(): Promise<void> {
    try {
      while (this.#state !== "closed") {
        const isMuch = this.#state === "raw" || this.#exchange?.body?.isComplete === false;
        const count = await this.#socket.read(this.#readBuffer.next(isMuch));
        if (count === null) return this.#clientEnded();
        const paused = this.#take(this.#readBuffer.received(count));
        if (paused !== undefined) await paused;
      }
    } catch {
      // The client has reset the connection, it was closed here, or a TLS handshake failed.
      this.close();
    }
  }

  get mayStay(): boolean {
    return !this.#hasEnded && !this.#owner.isDraining &&
      this.#requests < this.#parts.options.maxRequestsPerConnection;
  }

  /** Closes it once it carries nothing; who has just connected is about to ask, and is waited for. */
  drain(): void {
    if (this.#state !== "head" || this.#isAwaited) return;
    if (this.#requests > 0 && !this.#parser.hasBegun) return this.close();
    this.#isAwaited = true;
    this.#owner.exchangeBegan();
    this.#readDeadline = Math.min(this.#readDeadline, this.#parts.ticker.after(LAST_REQUEST_MS));
  }

  /** Whatever it is doing must have been done by now, if it is due. */
  look(now: number): void {
    if (now >= this.#writeDeadline) return this.close();
    if (now < this.#readDeadline) return;
    if (this.#state !== "head" || !this.#parser.hasBegun) return this.close();
    this.refuse(headIsLate(this.#parts.options.headTimeoutMs));
  }

  /** Tells the client why no request of its will be answered, and closes. */
  refuse(failure: GatewayError): void {
    this.#state = "refusing";
    this.#readDeadline = NO_DEADLINE;
    const { status, headers, body } = this.#parts.refuse(failure, this.peerAddress);
    const head = beginHead(status, headers, this.#parts.date.line);
    this.writer.addTextAnswer((lengthBytes) => head + endHead({ lengthBytes }, "closes"), body);
    this.writer.flush();
  }

  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.writer.close();
    try {
      this.#socket.close();
    } catch {
      // Closed already: a failed write does that to a TLS connection.
    }
    this.#endExchange()?.leave();
    this.#endAwaiting();
    this.#protocol?.ended();
    this.#heldBack.drop();
    this.#owner.connectionClosed(this);
  }

  bodyWanted(): void {
    if (this.#heldBack.isEmpty) this.#heldBack.readOn();
  }

  answerWritten(): void {
    if (this.writer.isIdle) this.allWritten();
  }

  switchTo(protocol: RawProtocol): void {
    this.#endExchange();
    this.#state = "raw";
    this.#protocol = protocol;
    this.#readDeadline = NO_DEADLINE;
    this.#writeDeadline = NO_DEADLINE;
    protocol.begin(new SwitchedConnection(this));
    this.#takeHeld();
  }

  /** The other protocol has said its last. */
  endRaw(): void {
    if (this.#state !== "raw") return;
    this.#state = "refusing";
    if (this.writer.isIdle) this.#linger();
    else this.writeStarted();
  }

  writeStarted(): void {
    // Another protocol keeps its own clocks.
    if (this.#state === "raw") return;
    this.#writeDeadline = this.#parts.ticker.after(this.#parts.options.writeStallTimeoutMs);
  }

  allWritten(): void {
    this.#writeDeadline = NO_DEADLINE;
    if (this.#state === "refusing") this.#linger();
    if (this.#state === "exchange" && this.#exchange?.isWritten === true) this.#answerLeft();
  }

  writeFailed(): void {
    this.close();
  }

  /** Gives bytes to whom they are for; a promise says that no more may come until it has resolved. */
  #take(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    let position = 0;
    while (position < bytes.length) {
      switch (this.#state) {
        case "head":
          position = this.#takeHead(bytes, position);
          break;
        case "exchange":
        case "discarding": {
          const body = this.#exchange?.body;
          if (body?.isComplete !== false) return this.#heldBack.hold(bytes.subarray(position));
          position = body.push(bytes, position);
          if (this.#state === "discarding") this.#discard();
          break;
        }
        case "raw":
          return this.#protocol?.receive(bytes.subarray(position));
        default:
          return this.#heldBack.throwAway(bytes.length - position);
      }
    }
    return this.#exchange?.body?.isFull === true ? this.#heldBack.pause() : undefined;
  }

  #takeHead(bytes: Uint8Array, start: number): number {
    const { options, ticker } = this.#parts;
    const parser = this.#parser;
    if (!parser.hasBegun) this.#readDeadline = ticker.after(options.headTimeoutMs);
    const position = parser.push(bytes, start);
    if (parser.failure !== undefined) this.refuse(parser.failure);
    const { head } = parser;
    if (head === undefined) return position;
    parser.reset();
    this.#state = "exchange";
    this.#readDeadline = NO_DEADLINE;
    this.#requests++;
    const exchange = new Exchange(head, this, this.#parts);
    this.#exchange = exchange;
    this.#owner.exchangeBegan();
    this.#endAwaiting();
    // First what came of the body, so that most of them are whole when they are asked for.
    const end = exchange.body === null ? position : exchange.body.push(bytes, position);
    exchange.begin(this.#parts.handler);
    return end;
  }

  #clientEnded(): void {
    this.#hasEnded = true;
    // A client that only will not send any more still gets what is at hand.
    if (this.#state === "refusing" && !this.writer.isIdle) return;
    if (this.#state === "exchange") this.#exchange?.leave();
    else this.close();
  }

  #answerLeft(): void {
    if (this.#exchange === undefined) return;
    const { body, mustClose } = this.#exchange;
    const isBodyHere = body === null || body.isComplete;
    this.#owner.exchangeEnded();
    if (isBodyHere || this.#hasEnded) {
      this.#exchange = undefined;
      return mustClose ? this.close() : this.#awaitRequest();
    }
    body.discard();
    this.#state = "discarding";
    if (mustClose || body.failure !== undefined) return this.#linger();
    this.#readDeadline = this.#parts.ticker.after(this.#parts.options.discardTimeoutMs);
    this.#discard();
    this.#heldBack.readOn();
  }

  /** Looks whether the rest of a body is done with. */
  #discard(): void {
    const body = this.#exchange?.body;
    if (body === undefined || body === null) return;
    const isTooLong = body.discardedBytes > this.#parts.options.maxDiscardedBytes;
    if (body.failure !== undefined || isTooLong) return this.#linger();
    if (!body.isComplete) return;
    this.#exchange = undefined;
    this.#awaitRequest();
  }

  #awaitRequest(): void {
    if (this.#owner.isDraining && this.#heldBack.isEmpty) return this.close();
    this.#state = "head";
    this.#readDeadline = this.#parts.ticker.after(this.#parts.options.idleTimeoutMs);
    this.#takeHeld();
  }

  #takeHeld(): void {
    const held = this.#heldBack.take();
    if (held === undefined) return;
    const paused = this.#take(held);
    if (paused === undefined) this.#heldBack.readOn();
    // The loop waits already, for the promise that is kept; that of another protocol is another.
    else if (this.#state === "raw") paused.then(() => this.#heldBack.readOn());
  }

  #linger(): void {
    this.#exchange = undefined;
    if (this.#hasEnded) return this.close();
    this.#state = "lingering";
    this.#readDeadline = this.#parts.ticker.after(LINGER_MS);
    // It rejects where the client has left, which the pending read tells as well.
    this.#socket.closeWrite().catch(() => {});
    this.#heldBack.drop();
  }

  #endAwaiting(): void {
    if (this.#isAwaited) this.#owner.exchangeEnded();
    this.#isAwaited = false;
  }

  /** Of one whose answer has not left. */
  #endExchange(): Exchange | undefined {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    if (exchange === undefined || this.#state === "discarding") return undefined;
    this.#owner.exchangeEnded();
    return exchange;
  }
}
