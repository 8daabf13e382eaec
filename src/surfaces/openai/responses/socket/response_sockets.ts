/** The connections for responses. They outlive the configuration that they were opened with. */

import { GatewayError } from "../../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../../core/http/http.ts";
import { checkHandshake } from "../../../../core/http/websocket_handshake.ts";
import type { RequestContext } from "../../../request/request_context.ts";
import { ResponseSocket } from "./response_socket.ts";
import type { ResponseSocketParts } from "./response_socket_parts.ts";

/** When somebody may have left. */
const RETRY_AFTER_MS = 5_000;

export class ResponseSockets {
  readonly #connections = new Set<ResponseSocket>();
  readonly #ended = Promise.withResolvers<void>();
  #parts: ResponseSocketParts | undefined;
  #isStopping = false;

  /** From now on, for all connections; `undefined` takes no more. */
  configure(parts: ResponseSocketParts | undefined): void {
    this.#parts = parts ?? this.#parts;
  }

  /** Makes a connection of a request. Throws what keeps it out. */
  open(parts: ResponseSocketParts, request: HttpRequest, context: RequestContext): HttpAnswer {
    checkHandshake(request);
    this.#refuse(parts, request);
    const { headers, target } = request;
    const { heartbeatIntervalMs, maxMessageBytes, maxBufferedBytes } = parts.options;
    const { socket, answer } = request.upgrade({
      protocol: undefined,
      idleTimeoutMs: heartbeatIntervalMs,
      maxMessageBytes,
      maxBufferedBytes,
    });
    const opening = { context: { ...context }, headers, target };
    const connection = new ResponseSocket(socket, opening, () => this.#parts ?? parts, () => {
      this.#connections.delete(connection);
      if (this.#isStopping && this.#connections.size === 0) this.#ended.resolve();
    });
    this.#connections.add(connection);
    return answer;
  }

  /** Takes no more connections nor requests. Resolves when all have ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#connections.size === 0) return;
    for (const connection of [...this.#connections]) connection.stop();
    await this.#ended.promise;
  }

  #refuse({ isOriginAllowed, options }: ResponseSocketParts, request: HttpRequest): void {
    if (!isOriginAllowed(request.headers.get("origin"), request)) {
      throw new GatewayError(
        "forbidden",
        "This Origin is not one of CORS_ORIGINS, so its web pages cannot connect; add it there",
        { code: "origin_not_allowed" },
      );
    }
    if (this.#isStopping) {
      throw new GatewayError("shutting_down", "The gateway is being stopped; connect again");
    }
    if (this.#connections.size < options.maxConnections) return;
    throw new GatewayError(
      "overloaded",
      `At most ${options.maxConnections} WebSocket connections may be open; try again later`,
      { code: "too_many_connections", retryAfterMs: RETRY_AFTER_MS },
    );
  }
}
