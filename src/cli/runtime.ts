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

/** 128 random bits, by which nobody outside can foretell a hash. */
export function makeHashSecret(): readonly [number, number, number, number] {
  const [first = 0, second = 0, third = 0, fourth = 0] = crypto.getRandomValues(new Uint32Array(4));
  return [first, second, third, fourth];
}
