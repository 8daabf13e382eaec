/** What the headers of an answer say of a provider's limits. */

import { msUntil } from "../../core/provider/reset_time.ts";
import type { HeaderReader } from "../../core/provider/transport.ts";

/** One limit, as it was when the provider looked at the request. */
export interface LimitReading {
  readonly limit: number;
  readonly remaining: number;
  /** Until it is full again. */
  readonly resetMs: number;
  /** What that was rounded to. */
  readonly resolutionMs: number;
}

export interface LimitReadings {
  readonly requests?: LimitReading;
  readonly tokens?: LimitReading;
}

type Part = "limit" | "remaining" | "reset";
type Budget = "requests" | "tokens";

/** Which part of which limit a header is, by its name in lower case. */
const HEADERS: ReadonlyMap<string, readonly [budget: Budget, part: Part]> = new Map(
  (["limit", "remaining", "reset"] as const).flatMap((part) =>
    ([
      [`x-ratelimit-${part}-requests`, "requests"],
      [`x-ratelimit-${part}-tokens`, "tokens"],
      [`anthropic-ratelimit-requests-${part}`, "requests"],
      [`anthropic-ratelimit-tokens-${part}`, "tokens"],
    ] as const).map(([name, budget]) => [name, [budget, part]] as const)
  ),
);
/** Those of others, where there are none of the first. */
const OTHER_HEADERS: typeof HEADERS = new Map(
  (["limit", "remaining", "reset"] as const).flatMap((part) =>
    ([
      [`x-ratelimit-${part}`, "requests"],
      [`ratelimit-${part}`, "requests"],
      [`anthropic-ratelimit-input-tokens-${part}`, "tokens"],
    ] as const).map(([name, budget]) => [name, [budget, part]] as const)
  ),
);

type Texts = Partial<Record<Budget, Partial<Record<Part, string>>>>;

/** `undefined` where they say nothing, which is what most do. */
export function readLimits(headers: HeaderReader, epochMs: number): LimitReadings | undefined {
  let own: Texts | undefined;
  let others: Texts | undefined;
  for (const [name, value] of headers) {
    if (!name.includes("ratelimit")) continue;
    const place = HEADERS.get(name);
    if (place !== undefined) own = withText(own, place, value);
    else {
      const other = OTHER_HEADERS.get(name);
      if (other !== undefined) others = withText(others, other, value);
    }
  }
  if (own === undefined && others === undefined) return undefined;
  const requests = readingOf(own?.requests ?? others?.requests, epochMs);
  const tokens = readingOf(own?.tokens ?? others?.tokens, epochMs);
  if (requests === undefined && tokens === undefined) return undefined;
  return { ...(requests && { requests }), ...(tokens && { tokens }) };
}

function withText(
  texts: Texts = {},
  [budget, part]: readonly [Budget, Part],
  value: string,
): Texts {
  (texts[budget] ??= {})[part] ??= value;
  return texts;
}

/** Only what has all three parts can be reckoned with. */
function readingOf(texts: Texts[Budget], epochMs: number): LimitReading | undefined {
  const limit = numberOf(texts?.limit);
  const remaining = numberOf(texts?.remaining);
  if (limit === undefined || remaining === undefined || limit === 0) return undefined;
  if (texts?.reset === undefined) return undefined;
  const resetMs = Math.max(0, msUntil(texts.reset, epochMs));
  const resolutionMs = /\.\d+(s|Z|$)|ms$|^\d{12,}$/.test(texts.reset) ? 1 : 1_000;
  return { limit, remaining: Math.min(remaining, limit), resetMs, resolutionMs };
}

/** `-1` and words are no limits. */
function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}(\.\d{1,9})?$/.test(text) ? Number(text) : undefined;
}
