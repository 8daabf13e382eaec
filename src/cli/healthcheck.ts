/** `weir healthcheck`: asks the gateway on this machine whether it answers; for containers without curl. */

import type { Config } from "../config/schema.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { createHttp1Transport } from "../transport/http1_transport.ts";
import { localUrl } from "../host/listener/listen.ts";
import { systemClock } from "../host/runtime.ts";
import { notify } from "../host/terminal.ts";

const TIMEOUT_MS = 3_000;

/** Resolves with whether it is healthy; what is wrong goes to stderr. */
export async function healthcheck(config: Config): Promise<boolean> {
  // The name of this machine stands for a private address more often than not.
  const options = { ...config.transport, privateHosts: ["*"] };
  const transport = createHttp1Transport(options, systemClock);
  const deadline = new AbortController();
  const cancelTimer = systemClock.schedule(
    TIMEOUT_MS,
    () => deadline.abort(new GatewayError("upstream_timeout", `No answer within ${TIMEOUT_MS} ms`)),
  );
  const url = new URL(`${localUrl(config.server.host, config.server.port)}/healthz`);
  try {
    const response = await transport.send({ method: "GET", url, headers: [] }, deadline.signal);
    response.body.cancel();
    if (response.status === 200) return true;
    notify(`${url} answered with status ${response.status}; look at what listens there`);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    notify(
      `${url}: ${reason.replace(/^The upstream\b/, "the gateway")}; ` +
        "start it, or name its address by --host, --port or --config",
    );
  } finally {
    cancelTimer();
    transport.close();
  }
  return false;
}
