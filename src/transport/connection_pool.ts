/**
 * Keeps connections between requests, and counts them.
 *
 * @module
 */

import type { Signal } from "../core/http/signal.ts";
import type { CancelTimer, Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { Connection } from "./connection.ts";
import type { Rest, Socket } from "./connection.ts";
import type { TransportOptions } from "./transport_options.ts";

/**
 * How long a connection is left alone after an answer, before its server is known to say no more than
 * it was asked. What comes later, and unasked, would be taken for the next caller's answer.
 */
export const REST_MS = 10;
/** After so many rests without a word a server is trusted, and its connections need none. */
export const SILENT_RESTS = 32;

interface OriginConnections {
  /** Connections that exist or are being made, with the idle ones. */
  open: number;
  /** The last one was used last. */
  readonly idle: Connection[];
  /** Rests in which nothing came, since the server last talked without being asked. */
  silentRests: number;
}

/** Connects to the origin of `url`; rejects with `GatewayError`. */
export type OpenSocket = (url: URL, signal: Signal) => Promise<Socket>;

/** The connections of one transport, by origin. */
export class ConnectionPool {
  readonly #options: TransportOptions;
  readonly #clock: Clock;
  readonly #openSocket: OpenSocket;
  readonly #origins = new Map<string, OriginConnections>();
  #cancelSweep: CancelTimer | undefined;
  #isClosed = false;

  constructor(options: TransportOptions, clock: Clock, openSocket: OpenSocket) {
    this.#options = options;
    this.#clock = clock;
    this.#openSocket = openSocket;
  }

  /**
   * The idle connection that was used last: the one its server is least likely to close now. One that
   * has to rest comes last, and later; it is quicker than a connection to be made.
   */
  takeIdle(url: URL): Connection | undefined | Promise<Connection | undefined> {
    const idle = this.#origins.get(url.origin)?.idle ?? [];
    while (idle.length > 0) {
      const connection = idle.at(-1)?.rest === undefined ? idle.pop() : takeRestedOf(idle);
      if (connection === undefined) break;
      if (connection.rest !== undefined) return this.#takeRested(url, connection, connection.rest);
      if (connection.expiresAtMs > this.#clock.nowMs()) return connection;
      this.discard(connection);
    }
    return undefined;
  }

  async #takeRested(
    url: URL,
    connection: Connection,
    { isOver }: Rest,
  ): Promise<Connection | undefined> {
    await isOver;
    if (connection.isSilent) return connection;
    this.discard(connection);
    return await this.takeIdle(url);
  }

  /**
   * Makes a new connection; at the bound an idle one makes room. Rejects with `upstream_unreachable`
   * where all are in use.
   */
  async connect(url: URL, signal: Signal): Promise<Connection> {
    const { origin } = url;
    const connections = this.#origins.get(origin) ?? { open: 0, idle: [], silentRests: 0 };
    const { maxConnectionsPerOrigin } = this.#options;
    const oldest = connections.open < maxConnectionsPerOrigin
      ? undefined
      : connections.idle.shift();
    if (oldest !== undefined) this.discard(oldest);
    if (connections.open >= maxConnectionsPerOrigin) {
      throw new GatewayError(
        "upstream_unreachable",
        `All ${maxConnectionsPerOrigin} connections to the upstream are in use`,
        // One becomes free as soon as any call ends.
        { shouldRetry: true },
      );
    }
    connections.open++;
    this.#origins.set(origin, connections);
    try {
      return new Connection(origin, await this.#openSocket(url, signal));
    } catch (error) {
      this.#forget(origin);
      throw error;
    }
  }

  /** Takes a connection back whose answer is complete; `keepAliveMs` is what its server says. */
  release(connection: Connection, keepAliveMs: number | undefined): void {
    const connections = this.#origins.get(connection.origin);
    const { maxIdleConnectionsPerOrigin, idleConnectionMs } = this.#options;
    // A second less than the server says, for the way there.
    const idleMs = Math.min(idleConnectionMs, (keepAliveMs ?? Infinity) - 1_000);
    if (
      connections === undefined || connections.idle.length >= maxIdleConnectionsPerOrigin ||
      this.#isClosed || idleMs <= 0
    ) {
      this.discard(connection);
      return;
    }
    connection.isReused = true;
    connection.expiresAtMs = this.#clock.nowMs() + idleMs;
    connections.idle.push(connection);
    connection.watch((hasTalked) => this.#endIdle(connection, hasTalked));
    if (connections.silentRests < SILENT_RESTS) this.#startRest(connection, connections);
    this.#cancelSweep ??= this.#clock.schedule(idleConnectionMs, () => this.#sweep());
  }

  /** Closes a connection for good. */
  discard(connection: Connection): void {
    connection.rest?.end();
    connection.close();
    this.#forget(connection.origin);
  }

  /** Closes a connection whose server said more than it was asked. */
  discardTalkative(connection: Connection): void {
    const connections = this.#origins.get(connection.origin);
    if (connections !== undefined) connections.silentRests = 0;
    this.discard(connection);
  }

  /** Closes the idle connections; those in use are closed when they come back. */
  close(): void {
    this.#isClosed = true;
    this.#cancelSweep?.();
    this.#cancelSweep = undefined;
    for (const { idle } of this.#origins.values()) {
      for (const connection of idle.splice(0)) this.discard(connection);
    }
  }

  #startRest(connection: Connection, connections: OriginConnections): void {
    const { promise: isOver, resolve } = Promise.withResolvers<void>();
    const end = (): void => {
      cancelTimer();
      connection.rest = undefined;
      resolve();
    };
    const cancelTimer = this.#clock.schedule(REST_MS, () => {
      if (connection.isSilent) connections.silentRests++;
      end();
    });
    connection.rest = { isOver, end };
  }

  /** A connection without a request ended, or said something that it was not asked. */
  #endIdle(connection: Connection, hasTalked: boolean): void {
    const connections = this.#origins.get(connection.origin);
    const index = connections?.idle.indexOf(connection) ?? -1;
    if (index === -1 && connection.rest === undefined) return; // In use by now: it is the answer.
    if (hasTalked && connections !== undefined) connections.silentRests = 0;
    if (index === -1) return; // Whoever waits for it gives it up.
    connections?.idle.splice(index, 1);
    this.discard(connection);
  }

  #forget(origin: string): void {
    const connections = this.#origins.get(origin);
    if (connections !== undefined && --connections.open === 0) this.#origins.delete(origin);
  }

  /** One timer for all connections: a connection lives for two of its rounds at most. */
  #sweep(): void {
    this.#cancelSweep = undefined;
    const nowMs = this.#clock.nowMs();
    let hasIdle = false;
    for (const { idle } of this.#origins.values()) {
      const expired = idle.filter((connection) => connection.expiresAtMs <= nowMs);
      for (const connection of expired) this.#endIdle(connection, false);
      hasIdle ||= idle.length > 0;
    }
    if (hasIdle) {
      this.#cancelSweep = this.#clock.schedule(this.#options.idleConnectionMs, () => this.#sweep());
    }
  }
}

/** The one that was used last of those that have rested; the last of all where none has. */
function takeRestedOf(idle: Connection[]): Connection | undefined {
  return idle.splice(idle.findLastIndex(({ rest }) => rest === undefined), 1)[0];
}
