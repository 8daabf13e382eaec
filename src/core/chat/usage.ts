/** Token counts, of one request and of several. */

import type { NativeValue } from "./native_value.ts";

/** Token counts of one call. Cached counts are part of `inputTokens`, reasoning of `outputTokens`. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly cachedInputTokens?: number;
  /** Written to a cache, of either time to live. */
  readonly cacheWriteInputTokens?: number;
  /** Those of them that are kept for an hour. */
  readonly cacheWriteHourInputTokens?: number;
  readonly reasoningOutputTokens?: number;
  /** Parts of the counts above that are no text, where the provider tells them apart. */
  readonly audioInputTokens?: number;
  readonly imageInputTokens?: number;
  readonly videoInputTokens?: number;
  readonly cachedAudioInputTokens?: number;
  readonly cachedImageInputTokens?: number;
  readonly audioOutputTokens?: number;
  readonly imageOutputTokens?: number;
  /** Searches that the provider has made and charges for beside the tokens. */
  readonly webSearches?: number;
  /** US dollars, where the provider states a price (OpenRouter). */
  readonly cost?: number;
  /** The provider's own object, for details beyond the above. */
  readonly native?: NativeValue;
}

const COUNTS = [
  "cachedInputTokens",
  "cacheWriteInputTokens",
  "cacheWriteHourInputTokens",
  "reasoningOutputTokens",
  "audioInputTokens",
  "imageInputTokens",
  "videoInputTokens",
  "cachedAudioInputTokens",
  "cachedImageInputTokens",
  "audioOutputTokens",
  "imageOutputTokens",
  "webSearches",
  "cost",
] as const satisfies readonly (keyof Usage)[];

/** Without the provider's own object, which tells of one of the two. */
export function sumOf(first: Usage, second: Usage): Usage {
  return combined(first, second, (left, right) => left + right);
}

/** What of a sum is the other's. It is a provider's word, which may be less than what it has said before. */
export function usageBeyond(sum: Usage, first: Usage): Usage {
  return combined(sum, first, (whole, part) => Math.max(0, whole - part));
}

function combined(
  left: Usage,
  right: Usage,
  combine: (left: number, right: number) => number,
): Usage {
  const counts = COUNTS.flatMap((name) =>
    left[name] === undefined && right[name] === undefined
      ? []
      : [[name, combine(left[name] ?? 0, right[name] ?? 0)]]
  );
  return {
    inputTokens: combine(left.inputTokens, right.inputTokens),
    outputTokens: combine(left.outputTokens, right.outputTokens),
    totalTokens: combine(left.totalTokens, right.totalTokens),
    ...Object.fromEntries(counts),
  };
}
