/** When a rate limit lets the next request in, by the headers of the provider that set it. */

/** The ends of `x-ratelimit-remaining` and `x-ratelimit-reset`: OpenAI's, and the plain form. */
const BUDGETS = ["-requests", "-tokens", ""];

/** Larger numbers are moments since the epoch, smaller ones are seconds from now. */
const MIN_EPOCH_SECONDS = 1e9;
const MIN_EPOCH_MS = 1e11;

const UNITS_MS: Readonly<Record<string, number>> = {
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
  ms: 1,
};

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

/**
 * Tells the units apart by their form: a Go duration (OpenAI, Groq: `20m52.666s`), epoch milliseconds
 * (OpenRouter), epoch seconds or seconds from now (Venice sends all three). 0 for anything else.
 */
function msUntil(text: string, epochMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const value = Number(text);
    if (value >= MIN_EPOCH_MS) return value - epochMs;
    return value >= MIN_EPOCH_SECONDS ? value * 1000 - epochMs : value * 1000;
  }
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return 0;
  let sumMs = 0;
  for (const [, amount, unit = ""] of text.matchAll(/([\d.]+)(h|ms|m|s)/g)) {
    sumMs += Number(amount) * (UNITS_MS[unit] ?? 0);
  }
  return sumMs;
}
