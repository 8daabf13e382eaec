/** Signals: the first to stop asks for a clean stop, the second insists; a hangup asks to reload. */

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

/**
 * Calls `reload` at each SIGHUP, but for the one that a terminal sends when it is closed: that one stops
 * the process as it would without us, cleanly. A program with all of its input and output elsewhere, as
 * `nohup` and services have it, is meant to outlive the terminal that it was started from.
 */
export function onHangup(reload: () => unknown): void {
  if (Deno.build.os === "windows") return;
  const before = terminals();
  Deno.addSignalListener("SIGHUP", () => {
    if (hasClosed(before, terminals())) Deno.kill(Deno.pid, "SIGTERM");
    else reload();
  });
}

/** Whether one of the streams that were on a terminal is on none any more. */
export function hasClosed(before: readonly boolean[], now: readonly boolean[]): boolean {
  return before.some((wasOnTerminal, stream) => wasOnTerminal && now[stream] !== true);
}

function terminals(): readonly boolean[] {
  return [Deno.stdin, Deno.stdout, Deno.stderr].map((stream) => stream.isTerminal());
}
