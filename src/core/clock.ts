/** Time and randomness as arguments, so that no code below `app/app.ts` reads them by itself. */

/** Stops a scheduled callback; calling it again, or after the callback ran, does nothing. */
export type CancelTimer = () => void;

export interface Clock {
  /** Monotonic milliseconds since some fixed point; for durations and deadlines. */
  readonly nowMs: () => number;
  /** Milliseconds since the Unix epoch; for timestamps that people and clients read. */
  readonly epochMs: () => number;
  /** Runs `callback` once, at the earliest after `delayMs`. */
  readonly schedule: (delayMs: number, callback: () => void) => CancelTimer;
}

/** Returns a number in [0, 1), like `Math.random`. */
export type Random = () => number;

/** Makes a name for one call or answer, unique for all practical purposes. */
export type MakeId = () => string;
