/** A body whose silences are bounded, for bodies that are read whole. */

import type { Clock } from "../core/clock.ts";
import type { GatewayError } from "../core/gateway_error.ts";
import type { ByteSource } from "../core/transport.ts";
import { upstreamSilent } from "./overdue.ts";

/** Calls `onIdle` when one read takes longer than `idleTimeoutMs`. */
export function withIdleTimeout(
  source: ByteSource,
  clock: Clock,
  idleTimeoutMs: number,
  onIdle: (error: GatewayError) => void,
): ByteSource {
  return {
    read: async () => {
      const cancelTimer = clock.schedule(
        idleTimeoutMs,
        () => onIdle(upstreamSilent(idleTimeoutMs)),
      );
      try {
        return await source.read();
      } finally {
        cancelTimer();
      }
    },
    cancel: () => source.cancel(),
  };
}
