/** The order of a stop: no more new requests, then the end of those that run. */

import type { Config } from "../config/schema.ts";
import type { LastingListener } from "./listener/lasting_listener.ts";
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
  readonly listener: Pick<LastingListener, "shutdown">;
  readonly options: StopOptions;
}

/** Resolves when the last answer has left, or was ended because it took too long. */
export async function stopGateway(parts: StoppedParts): Promise<void> {
  const { gateway, options: { readinessDelayMs, drainTimeoutMs } } = parts;
  gateway.process.isReady = false;
  // Without a delay at once: whoever has read in the log that it stops is not served any more.
  if (readinessDelayMs > 0) {
    await new Promise<void>((resolve) => systemClock.schedule(readinessDelayMs, resolve));
  }
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
