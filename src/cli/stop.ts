/** Stop signals: the first asks for a clean stop, the second insists. */

import { systemClock } from "./runtime.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
/** What shells report for a process that a signal ended. */
const EXIT_CODES = { SIGTERM: 143, SIGINT: 130 } as const;

/** Resolves at the first signal. From then on, another one ends the process at once. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let isStopping = false;
    for (const signal of SIGNALS) {
      Deno.addSignalListener(signal, () => {
        if (isStopping) Deno.exit(EXIT_CODES[signal]);
        isStopping = true;
        resolve();
      });
    }
  });
}

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
