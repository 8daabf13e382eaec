/**
 * A server all of whose addresses are WebSockets.
 *
 * @module
 */

import { AnswerHeaders } from "../../../src/core/answer_headers.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { UpgradeOptions, WebSocketConnection } from "../../../src/core/http.ts";
import { createHttpServer } from "../../../src/server/http_server.ts";
import { httpServerOptions } from "../../../src/server/server_options.ts";
import { createOpenWebSocket } from "../../../src/server/websocket/open_websocket.ts";
import { realClock } from "../../support/real_clock.ts";

export interface SocketHost extends Disposable {
  readonly url: string;
}

/** @param serve Told of each WebSocket before it begins. */
export function startSocketHost(
  options: UpgradeOptions,
  serve: (socket: WebSocketConnection) => void,
): SocketHost {
  const refuse = ({ status, message }: GatewayError) => ({
    status,
    headers: new AnswerHeaders(),
    body: message,
  });
  const server = createHttpServer(httpServerOptions.parse(undefined), (request) => {
    try {
      const { socket, answer } = request.upgrade(options);
      serve(socket);
      return answer;
    } catch (error) {
      if (error instanceof GatewayError) return refuse(error);
      throw error;
    }
  }, {
    clock: realClock,
    refuse,
    reportBug: (thrown) => {
      throw thrown;
    },
    openWebSocket: createOpenWebSocket(realClock),
    listenerFailed: () => {},
    listensAgain: () => {},
  });
  const { port } = server.listen({ kind: "tcp", hostname: "127.0.0.1", port: 0, reusePort: false });
  return { url: `ws://127.0.0.1:${port}`, [Symbol.dispose]: () => server.close() };
}
