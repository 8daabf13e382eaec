/** `/metrics` on a port of its own. */

import type { Config } from "../../config/schema.ts";
import { listen, localUrl } from "./listen.ts";
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
    (request, { remoteAddr }) =>
      answerMetrics(request, () => remoteAddr.hostname) ??
        new Response("The metrics are at /metrics\n", { status: 404 }),
    "METRICS_HOST or METRICS_PORT",
  );
}
