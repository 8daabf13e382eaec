/** `weir healthcheck`: asks the gateway on this machine whether it answers; for containers without curl. */

import type { Config } from "../config/schema.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { askNearby } from "../host/ask.ts";
import { localUrl, schemeOfPort } from "../host/listener/listen.ts";
import { notify } from "../host/system/terminal.ts";

const BOUNDS = { timeoutMs: 3_000, maxBytes: 65_536 };

/** Resolves with whether it is healthy; what is wrong goes to stderr. */
export async function healthcheck({ server, tls, transport }: Config): Promise<boolean> {
  const scheme = schemeOfPort(tls);
  const url = new URL(`${localUrl(server.host, server.port, scheme)}/healthz`);
  const answer = await askNearby(url, transport, BOUNDS);
  if (answer instanceof GatewayError) {
    // It has answered; its certificate is for a name, and not for this machine's address.
    if (scheme === "https" && /\bcertificate is not valid\b/.test(answer.message)) return true;
    notify(
      `${url}: ${answer.message.replace(/^The upstream\b/, "the gateway")}; ` +
        "start it, or name its address by --host, --port or --config",
    );
    return false;
  }
  if (answer.status === 200) return true;
  notify(`${url} answered with status ${answer.status}; look at what listens there`);
  return false;
}
