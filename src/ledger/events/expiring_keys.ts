/** Which keys are about to expire, each told once. */

const DAY_MS = 86_400_000;
const NOTICE_MS = 7 * DAY_MS;

export interface DatedKey {
  readonly name: string;
  /** Milliseconds since the Unix epoch; `undefined` where it never expires. */
  readonly expiresMs: number | undefined;
}

export class ExpiringKeys {
  #told: ReadonlySet<string> = new Set();

  /** Those that expire within a week and were not told yet. */
  next(keys: readonly DatedKey[], nowMs: number): readonly DatedKey[] {
    const due = keys.filter(({ expiresMs = Number.POSITIVE_INFINITY }) => {
      const leftMs = expiresMs - nowMs;
      return leftMs > 0 && leftMs <= NOTICE_MS;
    });
    const before = this.#told;
    // Only what is still there is remembered, so that it is bounded by the keys.
    this.#told = new Set(due.map(markOf));
    return due.filter((key) => !before.has(markOf(key)));
  }
}

function markOf({ name, expiresMs }: DatedKey): string {
  return `${name} ${expiresMs}`;
}
