/** The connections of the process. They outlive the configuration they were opened with. */

import type { WebSocketConnection } from "../../../core/http/websocket.ts";
import {
  type ConnectionParts,
  type ConnectionSummary,
  type Opening,
  SocketConnection,
} from "./socket_connection.ts";

/** What the newest configuration says. */
export interface OpenSocketsParts extends ConnectionParts {
  /** One line for a connection that has ended. */
  readonly record: (summary: ConnectionSummary) => void;
}

/** Time for clients to answer that they are closed, before a stop goes on without their word. */
const GOODBYE_MS = 1_000;

export class OpenSockets {
  readonly #connections = new Set<SocketConnection>();
  #parts: OpenSocketsParts | undefined;
  #isStopping = false;
  readonly #ended = Promise.withResolvers<void>();
  readonly #gone = Promise.withResolvers<void>();

  /** Those that are closed but whose client has not said so included: they hold memory. */
  get size(): number {
    return this.#connections.size;
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** From now on, for all connections. */
  configure(parts: OpenSocketsParts): void {
    this.#parts = parts;
  }

  add(socket: WebSocketConnection, opening: Opening): void {
    const connection = new SocketConnection(socket, opening, () => this.#configured(), {
      onEnd: (summary) => {
        this.#configured().record(summary);
        this.#lookWhatIsLeft();
      },
      onGone: () => {
        this.#connections.delete(connection);
        this.#lookWhatIsLeft();
      },
    });
    this.#connections.add(connection);
  }

  /** Takes no more connections nor requests. Resolves when all requests and connections have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const connection of [...this.#connections]) connection.stop();
    this.#lookWhatIsLeft();
    await this.#ended.promise;
    const cancelTimer = this.#configured().clock.schedule(GOODBYE_MS, this.#gone.resolve);
    await this.#gone.promise;
    cancelTimer();
  }

  #lookWhatIsLeft(): void {
    if (!this.#isStopping) return;
    if (this.#connections.size === 0) this.#gone.resolve();
    for (const connection of this.#connections) if (!connection.isEnded) return;
    this.#ended.resolve();
  }

  #configured(): OpenSocketsParts {
    if (this.#parts === undefined) throw new Error("There is no configuration for sockets yet");
    return this.#parts;
  }
}
