/** The WebSockets of clients that are put together with ones of providers. They outlive their configuration. */

import type { StoppableRelay } from "../../core/call.ts";
import { GatewayError } from "../../core/gateway_error.ts";

/** When somebody may have left. */
const RETRY_AFTER_MS = 5_000;

export class ProviderSockets {
  readonly #relays = new Set<StoppableRelay>();
  readonly #ended = Promise.withResolvers<void>();
  #isStopping = false;

  get size(): number {
    return this.#relays.size;
  }

  /** Throws what keeps one more out. */
  refuseOneMore(maxConnections: number): void {
    if (this.#isStopping) {
      throw new GatewayError("shutting_down", "The gateway is being stopped; connect again");
    }
    if (this.#relays.size < maxConnections) return;
    throw new GatewayError(
      "overloaded",
      `At most ${maxConnections} WebSocket connections to upstreams may be open; try again later`,
      { code: "too_many_connections", retryAfterMs: RETRY_AFTER_MS },
    );
  }

  add(relay: StoppableRelay, ended: Promise<unknown>): void {
    this.#relays.add(relay);
    void ended.then(() => {
      this.#relays.delete(relay);
      if (this.#isStopping && this.#relays.size === 0) this.#ended.resolve();
    });
    // It was opened while the others ended.
    if (this.#isStopping) relay.stop();
  }

  /** Takes no more. Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#relays.size === 0) return;
    for (const relay of [...this.#relays]) relay.stop();
    await this.#ended.promise;
  }
}
