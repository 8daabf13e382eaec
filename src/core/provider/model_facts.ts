/**
 * What models are and can do, from whoever tells it: their provider's list, the configuration.
 *
 * Every list of models that a client reads is written from this, in that client's own names.
 */

import type { Writable } from "../writable.ts";

/** What nobody has told is absent; `false` is known not to be so. */
export interface ModelFacts {
  /** What prompt and answer may have together. */
  readonly contextTokens?: number | undefined;
  readonly maxOutputTokens?: number | undefined;
  /** It calls tools that a request declares. */
  readonly tools?: boolean | undefined;
  /** It reads images. */
  readonly vision?: boolean | undefined;
  /** It thinks before it answers, and says what. */
  readonly thinking?: boolean | undefined;
  /** It makes vectors of texts, and no answers. */
  readonly embedding?: boolean | undefined;
}

export const CAPABILITIES = ["tools", "vision", "thinking", "embedding"] as const;

/** Each fact from the first that tells it. */
export function mergeFacts(...sources: readonly ModelFacts[]): ModelFacts {
  return Object.assign({}, ...sources.toReversed());
}

/** What can be counted on wherever a call goes: the least of all bounds, and what each of them can do. */
export function sharedFacts(all: readonly ModelFacts[]): ModelFacts {
  const shared: Writable<ModelFacts> = {};
  for (const bound of ["contextTokens", "maxOutputTokens"] as const) {
    const told = all.flatMap((facts) => facts[bound] ?? []);
    if (told.length > 0 && told.length === all.length) shared[bound] = Math.min(...told);
  }
  for (const capability of CAPABILITIES) {
    const told = all.flatMap((facts) => facts[capability] ?? []);
    if (told.includes(false)) shared[capability] = false;
    else if (told.length > 0 && told.length === all.length) shared[capability] = true;
  }
  return shared;
}
