/** Finds out what listens on a port that is taken, where that is Weir. */

import { parseJsonObject } from "../../core/json.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { readBody } from "../../bytes/read_whole.ts";
import { createHttp1Transport } from "../../transport/http1_transport.ts";
import { transportOptions } from "../../transport/transport_options.ts";
import { localUrl } from "./listen.ts";
import { systemClock } from "../runtime.ts";

/** Whatever listens there may never answer. */
const TIMEOUT_MS = 1_000;
const MAX_ANSWER_BYTES = 65_536;

/** A gateway in words, such as "another Weir (0.1.0, for 2 hours)"; `undefined` for any other program. */
export async function whoListens(hostname: string, port: number): Promise<string | undefined> {
  const transport = createHttp1Transport(
    transportOptions.parse({ privateHosts: ["*"] }),
    systemClock,
  );
  const deadline = new AbortController();
  const cancelTimer = systemClock.schedule(
    TIMEOUT_MS,
    () => deadline.abort(new GatewayError("upstream_timeout", "No answer in time")),
  );
  try {
    const url = new URL(`${localUrl(hostname, port)}/health`);
    const { body } = await transport.send({ method: "GET", url, headers: [] }, deadline.signal);
    const { bytes } = await readBody(body, MAX_ANSWER_BYTES);
    return describe(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  } finally {
    cancelTimer();
    transport.close();
  }
}

/** What `/health` says of itself. */
function describe(health: string): string | undefined {
  const { version, uptime, environment, cooling } = parseJsonObject(health) ?? {};
  const isWeir = typeof version === "string" && /^\d[\w.+-]{0,30}$/.test(version) &&
    typeof uptime === "number" && typeof environment === "string" && Array.isArray(cooling);
  return isWeir ? `another Weir (${version}, started ${agoOf(uptime)} ago)` : undefined;
}

function agoOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} seconds`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return `${Math.round(seconds / 3_600)} hours`;
}
