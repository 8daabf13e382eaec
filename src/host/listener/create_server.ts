/** Weir's own HTTP server, as this process runs it. */

import type { HttpHandler } from "../../core/http.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import type { Log } from "../../observability/log/log.ts";
import { createHttpServer, type HttpServer } from "../../server/http_server.ts";
import type { HttpServerOptions } from "../../server/server_options.ts";
import type { Refuse, ReportBug } from "../../server/server_parts.ts";
import { createOpenWebSocket } from "../../server/websocket/open_websocket.ts";
import { errorHeaders } from "../../surfaces/error_answer.ts";
import { systemClock } from "../runtime.ts";

export interface ServerWatcher {
  readonly log: Pick<Log, "error" | "warn">;
  readonly reportBug: ReportBug;
}

/** Made to listen by `listen`. */
export function createServer(
  options: HttpServerOptions,
  handler: HttpHandler,
  { log, reportBug }: ServerWatcher,
): HttpServer {
  return createHttpServer(options, handler, {
    clock: systemClock,
    refuse,
    reportBug,
    openWebSocket: createOpenWebSocket(systemClock),
    listenerFailed: (thrown) =>
      log.error("listener failed", { cause: String(thrown).slice(0, 200) }),
    listensAgain: () => log.warn("listening again"),
  });
}

/** Whose client it is cannot be told where its request cannot be read. */
const refuse: Refuse = (failure) => ({
  status: failure.status,
  headers: errorHeaders(failure),
  body: JSON.stringify(openaiChat.error.encode(failure, "")),
});
