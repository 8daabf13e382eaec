/** The real time, each timer one of the runtime's own, so that a test can be told of those it forgets. */

import type { Clock } from "../../src/core/clock.ts";

export const realClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
