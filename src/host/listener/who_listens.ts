/** Finds out what listens on a port that is taken, where that is Weir. */

import { GatewayError } from "../../core/gateway_error.ts";
import { parseJsonObject } from "../../core/text/json.ts";
import { transportOptions } from "../../transport/transport_options.ts";
import { askNearby } from "../ask.ts";
import { localUrl } from "./listen.ts";

/** Whatever listens there may never answer. */
const BOUNDS = { timeoutMs: 1_000, maxBytes: 65_536 };

/** A gateway in words, such as "another Weir (0.1.0, for 2 hours)"; `undefined` for any other program. */
export async function whoListens(hostname: string, port: number): Promise<string | undefined> {
  const url = new URL(`${localUrl(hostname, port)}/health`);
  const answer = await askNearby(url, transportOptions.parse({}), BOUNDS);
  return answer instanceof GatewayError ? undefined : describe(answer.text);
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
