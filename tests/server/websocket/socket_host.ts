/**
 * A server all of whose addresses are WebSockets.
 *
 * @module
 */

import { AnswerHeaders } from "../../../src/core/http/answer_headers.ts";
import { GatewayError } from "../../../src/core/gateway_error.ts";
import type { UpgradeOptions, WebSocketConnection } from "../../../src/core/http/websocket.ts";
import { createOpenWebSocket } from "../../../src/server/websocket/open_websocket.ts";
import { realClock } from "../../support/real_clock.ts";
import { certificateKey, goodCertificate } from "../../transport/certificates.ts";
import { openServer } from "../support/own_server.ts";

export interface SocketHost extends Disposable {
  readonly url: string;
  readonly port: number;
  /** The same over TLS. */
  readonly secureUrl: string;
}

/** @param serve Told of each WebSocket before it begins. */
export function startSocketHost(
  options: UpgradeOptions,
  serve: (socket: WebSocketConnection) => void,
): SocketHost {
  const { server, port } = openServer((request) => {
    try {
      const { socket, answer } = request.upgrade(options);
      serve(socket);
      return answer;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return { status: error.status, headers: new AnswerHeaders(), body: error.message };
    }
  }, { openWebSocket: createOpenWebSocket(realClock) });
  const secure = server.listen({
    kind: "tcp",
    hostname: "127.0.0.1",
    port: 0,
    reusePort: false,
    certificate: { cert: goodCertificate, key: certificateKey },
  });
  return {
    url: `ws://127.0.0.1:${port}`,
    port,
    secureUrl: `wss://127.0.0.1:${secure.port}`,
    [Symbol.dispose]: () => server.close(),
  };
}
