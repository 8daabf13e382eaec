/** `/metrics` on a port of its own. */

import type { Config } from "../../config/schema.ts";
import { AnswerHeaders } from "../../core/http/answer_headers.ts";
import type { HttpAnswer } from "../../core/http/http.ts";
import { createServer, type ServerWatcher } from "./create_server.ts";
import { listen, localUrl } from "./listen.ts";
import type { Server } from "../server.ts";
import { notify } from "../system/terminal.ts";

/** Listens where the configuration names such a port, until the process ends. Throws `ListenError`. */
export function listenForMetrics(
  { metrics: { enabled, host, port }, http }: Config,
  { answerMetrics }: Pick<Server, "answerMetrics">,
  watcher: ServerWatcher,
): void {
  if (enabled === "off" || port === undefined) return;
  const server = createServer(http, (request) => answerMetrics(request) ?? nothingElse(), watcher);
  const address = { hostname: host, port };
  const listening = listen(server, address, "METRICS_HOST or METRICS_PORT");
  notify(`  metrics ${localUrl(host, listening.port)}/metrics`);
}

function nothingElse(): HttpAnswer {
  const headers = new AnswerHeaders([["content-type", "text/plain;charset=UTF-8"]]);
  return { status: 404, headers, body: "The metrics are at /metrics\n" };
}
