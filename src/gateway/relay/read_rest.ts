/** What follows an answer's end mark. */

import type { Clock } from "../../core/clock.ts";
import type { ByteSource } from "../../core/provider/transport.ts";

const MAX_REST_MS = 1_000;
const MAX_REST_BYTES = 65_536;

/**
 * Reads the short rest of a body whose answer is known to be over, so that its connection can be used
 * again: the last chunk of a stream often comes in a packet after `[DONE]`. Some upstreams keep the
 * connection open instead (T15), so there is a bound, and nobody waits for it. Never rejects.
 */
export async function readRest(source: ByteSource, clock: Clock): Promise<void> {
  const cancelTimer = clock.schedule(MAX_REST_MS, () => source.cancel());
  try {
    let restBytes = 0;
    for (let bytes; (bytes = await source.read()) !== null;) {
      restBytes += bytes.length;
      if (restBytes > MAX_REST_BYTES) break;
    }
  } catch {
    // What is wrong with it matters to nobody.
  }
  cancelTimer();
  source.cancel();
}
