/**
 * A clock by which connections rest in real time, so that no test needs to move it for that.
 *
 * @module
 */

import type { Clock } from "../../src/core/clock.ts";
import { REST_MS } from "../../src/transport/connection_pool.ts";
import { realClock } from "../support/real_clock.ts";

export function withRealRests(clock: Clock): Clock {
  return {
    nowMs: clock.nowMs,
    epochMs: clock.epochMs,
    schedule: (delayMs, callback) =>
      (delayMs === REST_MS ? realClock : clock).schedule(delayMs, callback),
  };
}
