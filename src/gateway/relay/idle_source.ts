/** A body whose silences are bounded, for bodies that are read whole. */

import type { Clock } from "../../core/clock.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { ByteSource } from "../../core/provider/transport.ts";
import { providerSilent } from "./overdue.ts";

/** Calls `onIdle` when one read takes longer than `allowedMs`; the read then fails for that reason. */
export function withIdleTimeout(
  source: ByteSource,
  clock: Clock,
  allowedMs: number | (() => number),
  onIdle: (error: GatewayError) => void,
): ByteSource {
  return {
    read: async () => {
      const idleTimeoutMs = typeof allowedMs === "number" ? allowedMs : allowedMs();
      let silence: GatewayError | undefined;
      const cancelTimer = clock.schedule(idleTimeoutMs, () => {
        silence = providerSilent(idleTimeoutMs);
        onIdle(silence);
      });
      try {
        return await source.read();
      } catch (thrown) {
        throw silence ?? thrown;
      } finally {
        cancelTimer();
      }
    },
    cancel: () => source.cancel(),
  };
}
