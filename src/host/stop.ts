/** The order of a stop: no more new requests, then the end of those that run. */

import type { Config } from "../config/schema.ts";
import type { HttpServer } from "../server/http_server.ts";
import type { LiveGateway } from "./reload/live_gateway.ts";
import { systemClock, within } from "./runtime.ts";

/** After the drain's deadline, and for what is only tidying up: time for last bytes to leave. */
export const LINGER_MS = 2_000;

export type StopOptions = Pick<Config["server"], "readinessDelayMs" | "drainTimeoutMs">;

/** Time after which a stop is over, whatever happens. */
export function longestStopMs({ readinessDelayMs, drainTimeoutMs }: StopOptions): number {
  // What lingers: last bytes, the log, and a word to whoever started the process.
  return readinessDelayMs + drainTimeoutMs + 3 * LINGER_MS;
}

export interface StoppedParts {
  readonly gateway: LiveGateway;
  readonly server: Pick<HttpServer, "drain" | "close">;
  readonly options: StopOptions;
}

/** Resolves when the last answer has left, or was ended because it took too long. */
export async function stopGateway(parts: StoppedParts): Promise<void> {
  const { gateway, server, options: { readinessDelayMs, drainTimeoutMs } } = parts;
  gateway.process.isReady = false;
  // Without a delay at once: whoever has read in the log that it stops is not served any more.
  if (readinessDelayMs > 0) {
    await new Promise<void>((resolve) => systemClock.schedule(readinessDelayMs, resolve));
  }
  const drained = drain(parts);
  await within(drained, drainTimeoutMs);
  gateway.abortCalls();
  await within(drained, LINGER_MS);
  server.close();
  gateway.close();
}

async function drain({ gateway, server }: StoppedParts): Promise<void> {
  // Whoever comes while requests over WebSockets end is served: nobody else may be there to do it.
  await gateway.stopSockets();
  await server.drain();
  await gateway.whenNoneRuns();
}
