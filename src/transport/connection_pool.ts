/**
 * Keeps connections between requests, and counts them.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../core/clock.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { Connection } from "./connection.ts";
import type { Socket } from "./connection.ts";
import type { TransportOptions } from "./transport_options.ts";

interface OriginConnections {
  /** Connections that exist or are being made, with the idle ones. */
  open: number;
  /** The last one was used last. */
  readonly idle: Connection[];
}

/** Connects to the origin of `url`; rejects with `GatewayError`. */
export type OpenSocket = (url: URL, signal: AbortSignal) => Promise<Socket>;

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

  /** The idle connection that was used last: the one its server is least likely to close now. */
  takeIdle(url: URL): Connection | undefined {
    const idle = this.#origins.get(url.origin)?.idle;
    for (let connection; (connection = idle?.pop()) !== undefined;) {
      if (connection.expiresAtMs > this.#clock.nowMs()) return connection;
      this.discard(connection);
    }
    return undefined;
  }

  /**
   * Makes a new connection; at the bound an idle one makes room. Rejects with `upstream_unreachable`
   * where all are in use.
   */
  async connect(url: URL, signal: AbortSignal): Promise<Connection> {
    const { origin } = url;
    const connections = this.#origins.get(origin) ?? { open: 0, idle: [] };
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
    const idle = this.#origins.get(connection.origin)?.idle;
    const { maxIdleConnectionsPerOrigin, idleConnectionMs } = this.#options;
    // A second less than the server says, for the way there.
    const idleMs = Math.min(idleConnectionMs, (keepAliveMs ?? Infinity) - 1_000);
    const isFull = idle === undefined || idle.length >= maxIdleConnectionsPerOrigin;
    if (this.#isClosed || isFull || idleMs <= 0) {
      this.discard(connection);
      return;
    }
    connection.isReused = true;
    connection.expiresAtMs = this.#clock.nowMs() + idleMs;
    idle.push(connection);
    connection.watch(() => this.#discardIdle(connection));
    this.#cancelSweep ??= this.#clock.schedule(idleConnectionMs, () => this.#sweep());
  }

  /** Closes a connection for good. */
  discard(connection: Connection): void {
    connection.close();
    this.#forget(connection.origin);
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

  /** An idle connection said something, and there is nothing that it could be asked to say. */
  #discardIdle(connection: Connection): void {
    const idle = this.#origins.get(connection.origin)?.idle;
    const index = idle?.indexOf(connection) ?? -1;
    if (index === -1) return; // In use by now: it is the answer.
    idle?.splice(index, 1);
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
      for (const connection of expired) this.#discardIdle(connection);
      hasIdle ||= idle.length > 0;
    }
    if (hasIdle) {
      this.#cancelSweep = this.#clock.schedule(this.#options.idleConnectionMs, () => this.#sweep());
    }
  }
}
