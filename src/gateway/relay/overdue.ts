/** What ends an answer whose time is over. */

import type { StreamProgress } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { type RelayOptions, silenceAllowedMs } from "../options.ts";

/** Where a stream is. Moments are `Clock.nowMs`. */
export interface StreamMoment {
  /** Its request was sent. */
  readonly sentMs: number;
  /** The read in flight began; silence counts only then, not while the client is slow. */
  readonly readSinceMs: number | undefined;
  /** Since when it is the client's turn to take what was sent; `undefined` where it is not. */
  readonly clientAskedMs: number | undefined;
}

/** What ends the stream now, or in how many milliseconds something could. */
export function whatIsDue(
  { sentMs, readSinceMs, clientAskedMs }: StreamMoment,
  { isFinished, hasOutput }: Readonly<StreamProgress>,
  options: RelayOptions,
  nowMs: number,
): GatewayError | number {
  const { firstContentTimeoutMs, clientStallTimeoutMs } = options;
  const allowedMs = silenceAllowedMs(options, isFinished);
  const idleInMs = allowedMs - (readSinceMs === undefined ? 0 : nowMs - readSinceMs);
  const contentInMs = hasOutput ? Infinity : sentMs + firstContentTimeoutMs - nowMs;
  const stallInMs = (clientAskedMs ?? Infinity) + clientStallTimeoutMs - nowMs;
  if (idleInMs <= 0) return providerSilent(allowedMs);
  if (contentInMs <= 0) return noContent(firstContentTimeoutMs);
  if (stallInMs <= 0) return clientStalled(clientStallTimeoutMs);
  return Math.min(idleInMs, contentInMs, stallInMs);
}

export function providerSilent(timeoutMs: number): GatewayError {
  return new GatewayError("upstream_timeout", `The upstream sent nothing for ${timeoutMs} ms`, {
    code: "idle_timeout",
  });
}

function noContent(timeoutMs: number): GatewayError {
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
