/**
 * Weir's own HTTP/1.1 server.
 *
 * @module
 */

import { Bag } from "../bytes/bag.ts";
import type { Clock } from "../core/clock.ts";
import type { HttpHandler } from "../core/http/http.ts";
import { DateLine } from "./answer/answer_head.ts";
import { OutputBuffers } from "../bytes/output_buffers.ts";
import { ClientConnection } from "./connection.ts";
import { LastingListener } from "./listener.ts";
import type { ListenAt } from "./listener.ts";
import type { OpenWebSocket } from "./raw_connection.ts";
import { addressHasTooManyConnections, tooManyConnections } from "./refusals.ts";
import type { HttpServerOptions } from "./server_options.ts";
import type {
  ConnectionOwner,
  OwnedConnection,
  Peer,
  Refuse,
  ReportBug,
  ServerParts,
} from "./server_parts.ts";
import type { ClientSocket } from "./socket.ts";
import { Ticker } from "./ticker.ts";

/** Connections beyond the bound that are told so at a time; further ones are closed at once. */
const MAX_REFUSED_CONNECTIONS = 64;

export interface HttpServerParts {
  readonly clock: Clock;
  readonly refuse: Refuse;
  readonly reportBug: ReportBug;
  readonly openWebSocket: OpenWebSocket;
  /** A listener does not listen any more, and tries again. */
  readonly listenerFailed: (thrown: unknown) => void;
  readonly listensAgain: () => void;
}

/** Somewhere where a server listens. */
export type Listening = Pick<LastingListener, "port" | "replaceCertificate">;

export interface HttpServer {
  /** Takes connections there from now on. Throws what the runtime throws where that is impossible. */
  listen(at: ListenAt): Listening;
  /**
   * Takes no more connections and requests, and resolves when the last answer has left. Connections of other
   * protocols are left to whoever speaks those.
   */
  drain(): Promise<void>;
  /** Closes every connection at once. */
  close(): void;
  readonly connections: number;
}

/** Answers with `handler` what comes where it is told to listen. */
export function createHttpServer(
  options: HttpServerOptions,
  handler: HttpHandler,
  parts: HttpServerParts,
): HttpServer {
  return new OwnHttpServer(options, handler, parts);
}

class OwnHttpServer implements HttpServer, ConnectionOwner {
  isDraining = false;
  readonly #parts: ServerParts;
  readonly #own: HttpServerParts;
  readonly #listeners: LastingListener[] = [];
  readonly #connections = new Bag<OwnedConnection>();
  readonly #connectionsOf = new Map<string, number>();
  /** Connections beyond a bound, until they have been told so. */
  readonly #refused = new Bag<OwnedConnection>();
  #exchanges = 0;
  #drained: PromiseWithResolvers<void> | undefined;

  constructor(options: HttpServerOptions, handler: HttpHandler, parts: HttpServerParts) {
    const { clock, refuse, reportBug, openWebSocket } = parts;
    const shortestMs = Math.min(
      options.headTimeoutMs,
      options.idleTimeoutMs,
      options.writeStallTimeoutMs,
      options.discardTimeoutMs,
    );
    this.#own = parts;
    this.#parts = {
      options,
      handler,
      refuse,
      reportBug,
      openWebSocket,
      date: new DateLine(clock.epochMs),
      buffers: new OutputBuffers(),
      ticker: new Ticker(clock, shortestMs, (now) => this.#lookAtAll(now)),
    };
  }

  get connections(): number {
    return this.#connections.size;
  }

  listen(at: ListenAt): LastingListener {
    const { clock, listenerFailed, listensAgain } = this.#own;
    const listener = new LastingListener(at, {
      accepted: (socket, peer) => this.#accept(socket, peer),
      failed: listenerFailed,
      listensAgain,
    }, clock);
    this.#listeners.push(listener);
    return listener;
  }

  drain(): Promise<void> {
    this.isDraining = true;
    for (const listener of this.#listeners) listener.close();
    for (const connection of this.#connections.toArray()) connection.drain();
    this.#drained ??= Promise.withResolvers();
    if (this.#exchanges === 0) this.#drained.resolve();
    return this.#drained.promise;
  }

  close(): void {
    this.isDraining = true;
    for (const listener of this.#listeners) listener.close();
    for (const connection of this.#all()) connection.close();
  }

  exchangeBegan(): void {
    this.#exchanges++;
  }

  exchangeEnded(): void {
    if (--this.#exchanges === 0) this.#drained?.resolve();
  }

  connectionClosed(connection: OwnedConnection): void {
    const { size } = this.#connections;
    this.#connections.delete(connection);
    this.#refused.delete(connection);
    if (this.#connections.size < size) this.#leaveAddress(connection.peerAddress);
    if (this.#connections.size + this.#refused.size === 0) this.#parts.ticker.stop();
  }

  #leaveAddress(address: string): void {
    const others = (this.#connectionsOf.get(address) ?? 1) - 1;
    if (others > 0) this.#connectionsOf.set(address, others);
    else this.#connectionsOf.delete(address);
  }

  #accept(socket: ClientSocket, peer: Peer): void {
    const { options, ticker } = this.#parts;
    const ofAddress = (this.#connectionsOf.get(peer.address) ?? 0) + 1;
    const isFull = this.#connections.size >= options.maxConnections;
    const isGreedy = peer.address !== "" && ofAddress > options.maxConnectionsPerAddress;
    const isRefused = isFull || isGreedy;
    if (isRefused && this.#refused.size >= MAX_REFUSED_CONNECTIONS) return socket.close();
    ticker.start();
    const connection = new ClientConnection(socket, peer, this, this.#parts);
    if (isRefused) {
      this.#refused.add(connection);
      connection.refuse(isFull ? tooManyConnections() : addressHasTooManyConnections());
    } else {
      this.#connections.add(connection);
      this.#connectionsOf.set(peer.address, ofAddress);
    }
    if (this.isDraining) connection.drain();
    connection.run();
  }

  #lookAtAll(now: number): void {
    for (const connection of this.#all()) connection.look(now);
  }

  #all(): OwnedConnection[] {
    return [...this.#connections.toArray(), ...this.#refused.toArray()];
  }
}
