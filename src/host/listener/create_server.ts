/** Weir's own HTTP server, as this process runs it. */

import type { HttpHandler } from "../../core/http/http.ts";
import { openaiChat } from "../../formats/openai_chat/mod.ts";
import type { Log } from "../../observability/log/log.ts";
import { createHttpServer, type HttpServer } from "../../server/http_server.ts";
import type { HttpServerOptions } from "../../server/server_options.ts";
import type { Refuse, ReportBug } from "../../server/server_parts.ts";
import { createOpenWebSocket } from "../../server/websocket/open_websocket.ts";
import { errorHeaders } from "../../surfaces/error_answer.ts";
import { makeId, systemClock } from "../runtime.ts";

export interface ServerWatcher {
  readonly log: Pick<Log, "error" | "warn" | "info">;
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
    refuse: createRefuse(log),
    reportBug,
    openWebSocket: createOpenWebSocket(systemClock),
    listenerFailed: (thrown) =>
      log.error("listener failed", { cause: String(thrown).slice(0, 200) }),
    listensAgain: () => log.warn("listening again"),
  });
}

/** Whose client it is cannot be told where its request cannot be read. */
function createRefuse(log: Pick<Log, "info">): Refuse {
  return (failure) => {
    const id = makeId();
    const { status, code, message: reason } = failure;
    log.info("request", { request_id: id, status, outcome: "refused", code, reason });
    const headers = errorHeaders(failure);
    headers.set("x-request-id", id);
    return { status, headers, body: JSON.stringify(openaiChat.error.encode(failure, id)) };
  };
}
