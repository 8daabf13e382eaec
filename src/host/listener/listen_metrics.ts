/** `/metrics` on a port of its own. */

import type { Config } from "../../config/schema.ts";
import { AnswerHeaders } from "../../core/answer_headers.ts";
import type { HttpAnswer } from "../../core/http.ts";
import { listen, localUrl } from "./listen.ts";
import { toServeHandler } from "./runtime_adapter.ts";
import type { Server } from "../server.ts";
import { notify } from "../terminal.ts";

/** Listens where the configuration names such a port, until the process ends. Throws `ListenError`. */
export function listenForMetrics(
  { metrics: { enabled, host, port } }: Config,
  { answerMetrics }: Pick<Server, "answerMetrics">,
): void {
  if (enabled === "off" || port === undefined) return;
  listen(
    {
      hostname: host,
      port,
      onListen: ({ port }) => notify(`  metrics ${localUrl(host, port)}/metrics`),
    },
    toServeHandler((request) => answerMetrics(request) ?? nothingElse()),
    "METRICS_HOST or METRICS_PORT",
  );
}

function nothingElse(): HttpAnswer {
  const headers = new AnswerHeaders([["content-type", "text/plain;charset=UTF-8"]]);
  return { status: 404, headers, body: "The metrics are at /metrics\n" };
}
