/** The real clock and the real randomness, handed to everything below. */

import { cpuUsage } from "node:process";
import type { Clock, MakeId } from "../core/clock.ts";
import type { ProcessUsage } from "../observability/metrics/readings.ts";
import { TimerWheel } from "./timer_wheel.ts";

const nowMs = (): number => performance.now();

const wheel = new TimerWheel({
  nowMs,
  schedule: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
});

export const systemClock: Clock = {
  nowMs,
  epochMs: () => Date.now(),
  schedule: (delayMs, callback) => wheel.schedule(delayMs, callback),
};

/** Waits for a promise, but no longer than that; how it settles does not matter. */
export async function within(pending: Promise<unknown>, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const cancelTimer = systemClock.schedule(timeoutMs, resolve);
    const done = (): void => {
      cancelTimer();
      resolve();
    };
    pending.then(done, done);
  });
}

export const makeId: MakeId = (): string => crypto.randomUUID();

/** Whether this thread was started by another of the process. */
export function isWorker(): boolean {
  return "DedicatedWorkerGlobalScope" in globalThis;
}

export function processUsage(): ProcessUsage {
  const { user, system } = cpuUsage();
  return { residentBytes: Deno.memoryUsage().rss, cpuSeconds: (user + system) / 1_000_000 };
}

/** Fills them so that nobody can foretell them. */
export function randomBytes(bytes: Uint8Array<ArrayBuffer>): void {
  crypto.getRandomValues(bytes);
}

/** 128 random bits, by which nobody outside can foretell a hash. */
export function makeHashSecret(): readonly [number, number, number, number] {
  const [first = 0, second = 0, third = 0, fourth = 0] = crypto.getRandomValues(new Uint32Array(4));
  return [first, second, third, fourth];
}
