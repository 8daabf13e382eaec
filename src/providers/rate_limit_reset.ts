/** When a rate limit lets the next request in, by the headers of the provider that set it. */

import { msUntil } from "../core/provider/reset_time.ts";

/** The ends of `x-ratelimit-remaining` and `x-ratelimit-reset`: OpenAI's, and the plain form. */
const BUDGETS = ["-requests", "-tokens", ""];

/**
 * Milliseconds until every budget that is used up is refilled; `undefined` where none is, or where
 * the moment has passed. A budget that has something left is not why the request was refused.
 *
 * @param header The value of a header by its name in lower case.
 */
export function resetAfterMs(
  header: (name: string) => string | null | undefined,
  epochMs: number,
): number | undefined {
  const waitsMs = BUDGETS.map((budget) =>
    Number(header(`x-ratelimit-remaining${budget}`) ?? 0) > 0
      ? 0
      : msUntil(header(`x-ratelimit-reset${budget}`) ?? "", epochMs)
  );
  const longestMs = Math.max(...waitsMs);
  return longestMs > 0 ? longestMs : undefined;
}
