/** What a call has cost whose model was asked twice. */

import type { Usage } from "../../core/chat.ts";

type Count = keyof Pick<
  Usage,
  | "cachedInputTokens"
  | "cacheWriteInputTokens"
  | "cacheWriteHourInputTokens"
  | "reasoningOutputTokens"
  | "cost"
>;

const COUNTS: readonly Count[] = [
  "cachedInputTokens",
  "cacheWriteInputTokens",
  "cacheWriteHourInputTokens",
  "reasoningOutputTokens",
  "cost",
];

/** Without the provider's own object, which tells of one of the two. */
export function sumOf(first: Usage, second: Usage): Usage {
  const counts = COUNTS.flatMap((name) =>
    first[name] === undefined && second[name] === undefined
      ? []
      : [[name, (first[name] ?? 0) + (second[name] ?? 0)]]
  );
  return {
    inputTokens: first.inputTokens + second.inputTokens,
    outputTokens: first.outputTokens + second.outputTokens,
    totalTokens: first.totalTokens + second.totalTokens,
    ...Object.fromEntries(counts),
  };
}
