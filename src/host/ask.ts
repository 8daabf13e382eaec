/** One small question to a server, and the whole of its answer. */

import { readBody } from "../bytes/read_whole.ts";
import { GatewayError, toGatewayError } from "../core/gateway_error.ts";
import type { ProviderRequest, Transport } from "../core/provider/transport.ts";
import type { Answer } from "../observability/diagnose.ts";
import { createHttp1Transport } from "../transport/http1_transport.ts";
import type { TransportOptions } from "../transport/transport_options.ts";
import { randomBytes, systemClock } from "./runtime.ts";

export interface AskBounds {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** Resolves with what failed where there is no answer; never rejects. */
export async function ask(
  send: Transport,
  request: ProviderRequest,
  { timeoutMs, maxBytes }: AskBounds,
): Promise<Answer | GatewayError> {
  const deadline = new AbortController();
  const cancelTimer = systemClock.schedule(
    timeoutMs,
    () => deadline.abort(new GatewayError("upstream_timeout", `No answer within ${timeoutMs} ms`)),
  );
  try {
    const { status, headers, body } = await send(request, deadline.signal);
    const { bytes } = await readBody(body, maxBytes);
    return { status, headers, text: new TextDecoder().decode(bytes) };
  } catch (thrown) {
    return toGatewayError(thrown);
  } finally {
    cancelTimer();
  }
}

/** Asks whatever listens on this machine, whose name stands for a private address more often than not. */
export async function askNearby(
  url: URL,
  options: TransportOptions,
  bounds: AskBounds,
): Promise<Answer | GatewayError> {
  const transport = createHttp1Transport(
    { ...options, privateHosts: ["*"] },
    systemClock,
    randomBytes,
  );
  try {
    return await ask(transport.send, { method: "GET", url, headers: [] }, bounds);
  } finally {
    transport.close();
  }
}
