/**
 * One connection: its messages, its requests, its heartbeat and its end.
 *
 * @module
 */

import type { Exchange } from "../../../core/call.ts";
import type { CancelTimer, Clock } from "../../../core/clock.ts";
import type { ClientFormats } from "../../../core/format.ts";
import { GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import type { WebSocketConnection } from "../../../core/http/websocket.ts";
import type { HeaderReader } from "../../../core/provider/transport.ts";
import type { JsonLimits } from "../../request/measure_json.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { CLOSE_CODES } from "./close_codes.ts";
import { type ClientMessage, readMessage, type RequestData, tooLarge } from "./messages.ts";
import type { WebSocketOptions } from "./options.ts";
import { Outbox } from "./outbox.ts";
import { callOf } from "./request_call.ts";
import { closeMessage, errorMessage, heartbeatMessage } from "./server_messages.ts";
import { SocketRequest } from "./socket_request.ts";

/** What a configuration says of all connections. */
export interface ConnectionParts {
  readonly exchange: Exchange;
  /** Of the answers. */
  readonly formats: ClientFormats;
  readonly options: WebSocketOptions;
  readonly jsonLimits: JsonLimits;
  /** `Call.timeoutMs` of its requests. */
  readonly requestTimeoutMs: number;
  /**
   * Names who calls and counts one request, for each anew: keys expire, and are taken back. Throws
   * `unauthenticated`, `rate_limited` and whatever else keeps it out.
   *
   * @param opening The request that opened the connection.
   */
  readonly admitRequest: (
    context: RequestContext,
    opening: Pick<Opening, "headers" | "target">,
  ) => void | Promise<void>;
  /** Told of a request that was kept out, or that no call can be made of; its context has the error. */
  readonly recordRefusal: (context: RequestContext, error: GatewayError) => void;
  readonly clock: Clock;
}

/** The request that opened a connection. */
export interface Opening {
  readonly context: RequestContext;
  /** May hold a key. */
  readonly headers: HeaderReader;
  /** May hold a key as well. */
  readonly target: string;
}

/** How a connection went. */
export interface ConnectionSummary {
  /** Of the request that opened it. */
  readonly context: RequestContext;
  readonly durationMs: number;
  readonly requests: number;
  /** As `WebSocketConnection.onClose` tells it, or our own where we closed it. */
  readonly closeCode: number;
}

export interface ConnectionEvents {
  /** Called once: it is no longer used, whether or not the client knows. */
  readonly onEnd: (summary: ConnectionSummary) => void;
  /** Called once, at last: its socket is gone. */
  readonly onGone: () => void;
}

/** A client that sends nothing but mistakes will not get any better. */
const MAX_ERRORS_IN_A_ROW = 20;
/** In one interval of the server's own; a client that answers each of them with one must find an end. */
const MAX_HEARTBEATS = 100;

export class SocketConnection {
  readonly #socket: WebSocketConnection;
  readonly #opening: Opening;
  /** Connections outlive the configuration they were opened with. */
  readonly #parts: () => ConnectionParts;
  readonly #events: ConnectionEvents;
  readonly #outbox: Outbox;
  readonly #running = new Map<string, SocketRequest>();
  #requests = 0;
  #errorsInARow = 0;
  #heartbeats = 0;
  #cancelTimer: CancelTimer = () => {};
  #isStopping = false;
  #isEnded = false;

  constructor(
    socket: WebSocketConnection,
    opening: Opening,
    parts: () => ConnectionParts,
    events: ConnectionEvents,
  ) {
    this.#socket = socket;
    this.#opening = opening;
    this.#parts = parts;
    this.#events = events;
    const { clock, options } = parts();
    this.#outbox = new Outbox(
      socket,
      clock,
      options,
      () => this.#close(CLOSE_CODES.policyViolation, "Too little of what was sent has been read"),
    );
    socket.onMessage = (bytes, isText) =>
      this.#take(readMessage(bytes, isText, this.#parts().jsonLimits));
    socket.onOversized = () => this.#refuse(null, tooLarge(options.maxMessageBytes));
    socket.onClose = (code) => {
      this.#end(code);
      events.onGone();
    };
    this.#beat();
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Takes no more requests, and closes when those that run have ended. */
  stop(): void {
    this.#isStopping = true;
    if (this.#running.size === 0) this.#goAway();
  }

  #take(message: ClientMessage): void {
    if (message.type === "invalid") return this.#refuse(message.id, message.error);
    this.#errorsInARow = 0;
    switch (message.type) {
      case "inference_request":
        return this.#start(message.id, message.data);
      case "cancel":
        return this.#cancel(message.id);
      case "heartbeat":
        if (++this.#heartbeats <= MAX_HEARTBEATS) {
          this.#outbox.reply(heartbeatMessage(this.#parts().clock, message.id));
        }
        return;
      case "close":
        return this.#close(message.code, message.reason);
    }
  }

  #start(id: string, data: RequestData): void {
    const context = this.#contextOfNext();
    const refusal = this.#refusalOf(id);
    if (refusal !== undefined) return this.#turnAway(id, refusal, context);
    const parts = this.#parts();
    const { exchange, formats, requestTimeoutMs: timeoutMs } = parts;
    const onEnd = (): void => this.#forget(id);
    const request = new SocketRequest({
      id,
      callId: context.id,
      errorFormat: formats.error,
      outbox: this.#outbox,
      onEnd,
    });
    this.#running.set(id, request);
    request.run(async () => {
      try {
        await parts.admitRequest(context, this.#opening);
        return callOf(data, { context, formats, signal: request.signal, timeoutMs });
      } catch (thrown) {
        context.error = toGatewayError(thrown);
        parts.recordRefusal(context, context.error);
        throw context.error;
      }
    }, exchange);
  }

  /** Of the request that has come. */
  #contextOfNext(): RequestContext {
    const { context: opened } = this.#opening;
    const id = `${opened.id}-${++this.#requests}`;
    return { ...opened, id, arrivedMs: this.#parts().clock.nowMs() };
  }

  /** Why a request cannot be taken, whatever it says. */
  #refusalOf(id: string): GatewayError | undefined {
    const { options: { maxRequestsInFlight } } = this.#parts();
    if (this.#isStopping) {
      return new GatewayError(
        "shutting_down",
        "The gateway is being stopped; send the request again on another connection",
      );
    }
    if (this.#running.has(id)) {
      return new GatewayError(
        "invalid_request",
        "A request with this id is still running; choose another id for each request",
        { param: "id", code: "duplicate_id" },
      );
    }
    if (this.#running.size < maxRequestsInFlight) return undefined;
    return new GatewayError(
      "rate_limited",
      `At most ${maxRequestsInFlight} requests may run on a connection; wait for one to end`,
      { code: "too_many_requests_in_flight" },
    );
  }

  #cancel(id: string): void {
    const request = this.#running.get(id);
    if (request !== undefined) return request.cancel();
    const error = new GatewayError(
      "not_found",
      "No request with this id is running; it may have ended already",
      { param: "id", code: "request_not_running" },
    );
    this.#sayError(null, error);
  }

  #forget(id: string): void {
    this.#running.delete(id);
    if (!this.#isStopping || this.#running.size > 0) return;
    // Whoever closes the connection ends one request after the other.
    queueMicrotask(() => this.#goAway());
  }

  #refuse(id: string | null, error: GatewayError): void {
    this.#turnAway(id, error, this.#contextOfNext());
    if (++this.#errorsInARow < MAX_ERRORS_IN_A_ROW) return;
    this.#close(CLOSE_CODES.policyViolation, "Too many messages that are not valid, in a row");
  }

  #turnAway(id: string | null, error: GatewayError, context: RequestContext): void {
    context.error = error;
    this.#parts().recordRefusal(context, error);
    this.#sayError(id, error);
  }

  #sayError(id: string | null, error: GatewayError): void {
    const { formats } = this.#parts();
    const body = formats.error.encode(error, this.#opening.context.id);
    this.#outbox.reply(errorMessage(id, JSON.stringify(body.error)));
  }

  #beat(): void {
    const { clock, options: { heartbeatIntervalMs } } = this.#parts();
    this.#cancelTimer = clock.schedule(heartbeatIntervalMs, () => {
      this.#heartbeats = 0;
      this.#outbox.check();
      // What a client does not take must not pile up.
      if (this.#outbox.isEmpty) this.#outbox.send(heartbeatMessage(clock));
      this.#beat();
    });
  }

  #goAway(): void {
    this.#close(CLOSE_CODES.goingAway, "The gateway is being stopped; connect again");
  }

  /** Closes it from this side, whatever still runs. The client may never answer that. */
  #close(code: number, reason: string): void {
    if (this.#isEnded) return;
    for (const request of [...this.#running.values()]) request.cancel();
    this.#outbox.send(closeMessage(code, reason));
    this.#end(code);
    this.#socket.close(code, reason);
  }

  #end(code: number): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#cancelTimer();
    for (const request of [...this.#running.values()]) request.cancel();
    this.#outbox.close();
    const { context } = this.#opening;
    const durationMs = this.#parts().clock.nowMs() - context.arrivedMs;
    this.#events.onEnd({ context, durationMs, requests: this.#requests, closeCode: code });
  }
}
