/** Token counts of several requests in one, and of one of them in a sum. */

import type { Usage } from "./chat.ts";

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

/** What of a sum is the other's. */
export function usageBeyond(sum: Usage, first: Usage): Usage {
  return combined(sum, first, (whole, part) => whole - part);
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
