/** The order of a stop: no more new requests, then the end of those that run. */

import type { Config } from "../config/schema.ts";
import type { Log } from "../observability/log.ts";
import type { LastingListener } from "./lasting_listener.ts";
import type { LiveGateway } from "./live_gateway.ts";
import { systemClock } from "./runtime.ts";
import { within } from "./stop.ts";

/** After the drain's deadline, and for what is only tidying up: time for last bytes to leave. */
export const LINGER_MS = 2_000;

export interface StoppedParts {
  readonly gateway: LiveGateway;
  readonly listener: Pick<LastingListener, "shutdown">;
  readonly options: Pick<Config["server"], "readinessDelayMs" | "drainTimeoutMs">;
  readonly log: Log;
}

/** Resolves when the last answer has left, or was ended because it took too long. */
export async function stopGateway(parts: StoppedParts): Promise<void> {
  const { gateway, options: { readinessDelayMs, drainTimeoutMs }, log } = parts;
  log.info("stopping", {
    readiness_delay_ms: readinessDelayMs,
    drain_timeout_ms: drainTimeoutMs,
  });
  gateway.process.isReady = false;
  await new Promise<void>((resolve) => systemClock.schedule(readinessDelayMs, resolve));
  const drained = drain(parts);
  await within(drained, drainTimeoutMs);
  gateway.abortCalls();
  await within(drained, LINGER_MS);
  gateway.close();
}

async function drain({ gateway, listener }: StoppedParts): Promise<void> {
  // Deno 2.9 ends WebSockets at once when their server is shut down, so their requests come first.
  // Whoever comes meanwhile is served: nobody else may be there to do it.
  await gateway.stopSockets();
  const isClosed = listener.shutdown();
  await gateway.whenNone();
  // No longer, because Deno 2.4 also waits for connections that are merely kept alive.
  await within(isClosed, LINGER_MS);
  // A request that was being read when the listener closed.
  await gateway.whenNone();
}
