/** The real clock and the real randomness, handed to everything below. */

import type { Clock, MakeId } from "../core/clock.ts";

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  epochMs: () => Date.now(),
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

export const makeId: MakeId = (): string => crypto.randomUUID();
