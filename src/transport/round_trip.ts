/**
 * One request and its answer on one connection.
 *
 * @module
 */

import type { Signal } from "../core/http/signal.ts";
import { bodyIsSilent } from "../bytes/client_body.ts";
import type { OutputBuffers } from "../bytes/output_buffers.ts";
import type { CancelTimer, Clock } from "../core/clock.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { ByteSource } from "../core/provider/transport.ts";
import type { Connection } from "./connection.ts";
import type { ConnectionPool } from "./connection_pool.ts";
import {
  abortReason,
  cancelled,
  closedBeforeHeaders,
  closedWithinBody,
  timedOut,
} from "./failures.ts";
import type { OutgoingBody } from "./outgoing_body.ts";
import { encodeChunk } from "./request_encoder.ts";
import type { EncodedRequest } from "./request_encoder.ts";
import type { ResponseHead } from "./response/response_head.ts";
import { ResponseParser } from "./response/response_parser.ts";
import type { TransportOptions } from "./transport_options.ts";

/**
 * A stale connection shows itself as soon as a packet can come back. A server that fails later has worked on
 * the request, and to send it again would be to pay for it twice (T17).
 */
const STALE_WITHIN_MS = 1_000;

const EMPTY = new Uint8Array(0);

/** A request ready to be sent, once. */
export interface OutgoingRequest {
  /** Its head, and its body unless that is streamed. */
  readonly encoded: EncodedRequest;
  readonly method: string;
  readonly body: OutgoingBody | undefined;
}

/** What the round trips of one transport have in common. */
export interface RoundTripContext {
  readonly pool: ConnectionPool;
  readonly clock: Clock;
  readonly options: TransportOptions;
  /** What requests are encoded in. */
  readonly buffers: OutputBuffers;
}

/** Owns its connection until the answer is complete or the round trip has failed, then gives it up. */
export class RoundTrip implements ByteSource {
  readonly #connection: Connection;
  readonly #pool: ConnectionPool;
  readonly #buffers: OutputBuffers;
  readonly #clock: Clock;
  readonly #signal: Signal;
  readonly #parser: ResponseParser;
  readonly #onAbort = () => this.#fail(abortReason(this.#signal));
  readonly #sentAtMs: number;
  readonly #headersTimeoutMs: number;
  /** The part of the request that follows its message. */
  readonly #body: OutgoingBody | undefined;
  #cancelTimer: CancelTimer = () => {};
  /** Not all of the request has left. */
  #isSending = true;
  #hasReceived = false;
  #isStale = false;
  /** Payload that came with the head, until it is read. */
  #payload: Uint8Array<ArrayBuffer> = EMPTY;
  #failure: GatewayError | undefined;
  #isOver = false;

  /** Takes the connection over and sends the encoded request on it, then its streamed body. */
  constructor(
    connection: Connection,
    { encoded, method, body }: OutgoingRequest,
    signal: Signal,
    context: RoundTripContext,
  ) {
    this.#connection = connection;
    this.#signal = signal;
    this.#pool = context.pool;
    this.#buffers = context.buffers;
    this.#clock = context.clock;
    this.#parser = new ResponseParser(method, context.options);
    this.#sentAtMs = context.clock.nowMs();
    this.#headersTimeoutMs = context.options.headersTimeoutMs;
    this.#body = body;
    signal.addEventListener("abort", this.#onAbort);
    this.#startTimer();
    if (signal.aborted) this.#onAbort(); // Since the connection was made: there will be no event.
    // Not awaited: a server may answer, and close, before it has read all of a long request.
    else this.#send(encoded);
  }

  /** The connection was closed before this request came to it; nothing was done about it. */
  get isStale(): boolean {
    return this.#isStale;
  }

  /** Waits for the head. Rejects with `GatewayError`. */
  async head(): Promise<ResponseHead> {
    while (this.#parser.head === undefined) {
      // Here, not after the read: a head is good even where its body fails in the same read.
      if (this.#failure !== undefined) throw this.#failure;
      try {
        this.#payload = this.#take(await this.#connection.receive());
      } catch (thrown) {
        this.#loseConnection(thrown);
      }
    }
    this.#cancelTimer();
    return this.#parser.head;
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    let payload = this.#payload;
    this.#payload = EMPTY;
    while (payload.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#isOver) return null;
      try {
        payload = this.#take(await this.#connection.receive());
      } catch (thrown) {
        this.#loseConnection(thrown);
      }
    }
    return payload;
  }

  takeWhole(): Uint8Array<ArrayBuffer> | undefined {
    if (!this.#isOver || this.#failure !== undefined) return undefined;
    const payload = this.#payload;
    this.#payload = EMPTY;
    return payload;
  }

  cancel(): void {
    this.#payload = EMPTY;
    // An error takes its stack with it, and every answer that was read to its end is cancelled.
    if (!this.#isOver) this.#fail(cancelled());
  }

  /** Never rejects: where a write fails the reads do as well, after what the server had to say. */
  async #send({ message, buffer, longBody }: EncodedRequest): Promise<void> {
    try {
      await this.#connection.write(message);
      // Not where it has failed: nobody knows whether the runtime still looks at it.
      this.#buffers.giveBack(buffer);
      if (longBody !== undefined) await this.#connection.write(longBody);
      if (this.#body !== undefined) await this.#sendBody(this.#body);
      this.#isSending = false;
    } catch {
      if (this.#body?.failure !== undefined) this.#fail(this.#body.failure);
    }
  }

  /** The body is read no faster than the upstream takes it. */
  async #sendBody(body: OutgoingBody): Promise<void> {
    let bytes: Uint8Array<ArrayBuffer> | null;
    do {
      bytes = await body.next();
      if (body.lengthBytes === undefined) await this.#connection.write(encodeChunk(bytes));
      else if (bytes !== null) await this.#connection.write(bytes);
      if (this.#parser.head === undefined && !this.#isOver) this.#startTimer();
    } while (bytes !== null);
  }

  /** Until the head is there, one silence is bounded: the upstream's, or that of the body's sender. */
  #startTimer(): void {
    this.#cancelTimer();
    const timeoutMs = this.#headersTimeoutMs;
    this.#cancelTimer = this.#clock.schedule(timeoutMs, () =>
      this.#fail(
        this.#body?.isWaiting ? bodyIsSilent(timeoutMs) : timedOut("sent no answer", timeoutMs),
      ));
  }

  /** The payload in what one read brought; `count` as of `Connection.receive`. */
  #take(count: number | null): Uint8Array<ArrayBuffer> {
    if (this.#isOver) return EMPTY; // Given up while the read was under way.
    const parser = this.#parser;
    let payload: Uint8Array<ArrayBuffer> = EMPTY;
    if (count === null) {
      parser.end();
    } else {
      this.#hasReceived = true;
      payload = parser.push(this.#connection.received(count));
    }
    if (parser.failure !== undefined) this.#lose(parser.failure);
    else if (parser.isComplete) this.#complete();
    return payload;
  }

  #loseConnection(thrown: unknown): void {
    const { head } = this.#parser;
    this.#lose(head === undefined ? closedBeforeHeaders(thrown) : closedWithinBody(thrown));
  }

  /** Fails on the upstream's side, which may only mean that the connection was stale. */
  #lose(failure: GatewayError): void {
    this.#isStale = this.#connection.isReused && !this.#hasReceived && !this.#isOver &&
      this.#clock.nowMs() - this.#sentAtMs < STALE_WITHIN_MS;
    this.#fail(failure);
  }

  #fail(failure: GatewayError): void {
    if (this.#isOver) return;
    this.#failure = failure;
    this.#end();
    this.#pool.discard(this.#connection);
  }

  #complete(): void {
    this.#end();
    const { head, hasSurplus } = this.#parser;
    if (hasSurplus) {
      this.#pool.discardTalkative(this.#connection);
    } else if (head?.keepsAlive === true && !this.#isSending) {
      this.#pool.release(this.#connection, head.keepAliveMs);
    } else {
      this.#pool.discard(this.#connection);
    }
  }

  #end(): void {
    this.#isOver = true;
    this.#body?.cancel();
    this.#cancelTimer();
    this.#signal.removeEventListener("abort", this.#onAbort);
  }
}
