/** When a limit lets more in, in the forms in which providers write it. */

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
 * Milliseconds from now. Tells the units apart by their form: a Go duration (OpenAI, Groq: `20m52.666s`), epoch
 * milliseconds (OpenRouter), epoch seconds or seconds from now (Venice sends all three), RFC 3339 (Anthropic).
 * 0 for anything else.
 */
export function msUntil(text: string, epochMs: number): number {
  if (/^\d+(\.\d+)?$/.test(text)) {
    const value = Number(text);
    if (value >= MIN_EPOCH_MS) return value - epochMs;
    return value >= MIN_EPOCH_SECONDS ? value * 1000 - epochMs : value * 1000;
  }
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/.test(text)) {
    const atMs = Date.parse(text);
    return Number.isNaN(atMs) ? 0 : atMs - epochMs;
  }
  if (!/^(\d+(\.\d+)?(h|ms|m|s))+$/.test(text)) return 0;
  let sumMs = 0;
  for (const [, amount, unit = ""] of text.matchAll(/([\d.]+)(h|ms|m|s)/g)) {
    sumMs += Number(amount) * (UNITS_MS[unit] ?? 0);
  }
  return sumMs;
}
