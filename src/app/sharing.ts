/** What calls share, put together from the configuration. */

import type { Exchange } from "../core/call.ts";
import { AnswerCache } from "../gateway/sharing/answer_cache.ts";
import { type AnswerStore, MemoryAnswerStore } from "../gateway/sharing/answer_store.ts";
import { shareCalls } from "../gateway/sharing/share_calls.ts";
import type { RedactedParts } from "./app_parts.ts";

export interface Sharing {
  readonly share: (next: Exchange) => Exchange;
  /** Answers that are kept; `undefined` where none are. */
  readonly answers: AnswerStore | undefined;
}

export function createSharing({ config, providers, runtime }: RedactedParts): Sharing {
  const { cache, coalesce, guards, routing } = config;
  const { clock, place: { memory } } = runtime;
  const answers = cache.enabled === "off" ? undefined : new MemoryAnswerStore({
    clock,
    ttlMs: cache.ttlMs,
    maxBytes: cache.maxBytes,
    generation: new Int32Array(memory.answersGeneration),
  });
  return {
    share: shareCalls({
      coalesce,
      cache: answers && new AnswerCache(cache, answers, clock),
      place: JSON.stringify([routing, guards, providers.map(({ name, target }) => [name, target])]),
      clock,
    }),
    answers,
  };
}
