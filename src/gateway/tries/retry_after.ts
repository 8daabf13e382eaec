/** How long an answer asks to wait before another try, in the forms that any provider uses (T41). */

import type { HeaderReader } from "../../core/provider/transport.ts";

/**
 * Milliseconds from `retry-after-ms` or `Retry-After` (seconds, also fractional, or an HTTP date); 0 for
 * a moment that has passed, `undefined` where neither says anything that can be read.
 */
export function readRetryAfter(headers: HeaderReader, epochMs: number): number | undefined {
  const milliseconds = readNumber(headers.get("retry-after-ms"));
  if (milliseconds !== undefined) return milliseconds;
  const text = headers.get("retry-after");
  const seconds = readNumber(text);
  if (seconds !== undefined) return seconds * 1000;
  // Only the forms of a date: `Date.parse` takes "-5" for a year.
  if (text === null || !/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - epochMs);
}

function readNumber(text: string | null): number | undefined {
  return text !== null && /^\s*\d{1,12}(\.\d{1,9})?\s*$/.test(text) ? Number(text) : undefined;
}
