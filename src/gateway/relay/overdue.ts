/** What ends an answer whose time is over. */

import { GatewayError } from "../../core/gateway_error.ts";

export function providerSilent(timeoutMs: number): GatewayError {
  return new GatewayError("upstream_timeout", `The upstream sent nothing for ${timeoutMs} ms`, {
    code: "idle_timeout",
  });
}

export function noContent(timeoutMs: number): GatewayError {
  return new GatewayError(
    "upstream_timeout",
    `The upstream sent no content within ${timeoutMs} ms`,
    { code: "first_content_timeout" },
  );
}

/** An answer that nobody reads holds a slot and a connection to its upstream. */
export function clientStalled(timeoutMs: number): GatewayError {
  return new GatewayError(
    "client_closed",
    `The client took nothing of its answer for ${timeoutMs} ms; send the request again`,
    { code: "client_too_slow" },
  );
}
