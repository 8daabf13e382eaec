/** The real clock and the real randomness, handed to everything below. */

import { cpuUsage, env } from "node:process";
import { readSmallFile } from "../config/sources/read_small_file.ts";
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

/** The name that the thread was started with; empty for the main thread. */
export function threadName(): string {
  return isWorker() ? String(Reflect.get(globalThis, "name")) : "";
}

export function processUsage(): ProcessUsage {
  const { user, system } = cpuUsage();
  return { residentBytes: Deno.memoryUsage().rss, cpuSeconds: (user + system) / 1_000_000 };
}

/** Longest file of credentials that is read. */
const MAX_FILE_BYTES = 1_048_576;

/** Reads a file of text; `~/` at its beginning is the home directory. Rejects with `FileError`. */
// deno-lint-ignore require-await -- So that what goes wrong is a rejection.
export async function readFile(path: string, maxBytes = MAX_FILE_BYTES): Promise<string> {
  return readSmallFile(path.replace(/^~(?=\/)/, env["HOME"] ?? "~"), maxBytes);
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
