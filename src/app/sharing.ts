/** What calls share, put together from the configuration. */

import type { Exchange } from "../core/call.ts";
import { AnswerCache } from "../gateway/sharing/answer_cache.ts";
import { type AnswerStore, MemoryAnswerStore } from "../gateway/sharing/answer_store.ts";
import { ANSWER_SCRIPT, RedisAnswerStore } from "../gateway/sharing/redis_answer_store.ts";
import { shareCalls } from "../gateway/sharing/share_calls.ts";
import { redisScript } from "../limits/redis/redis_link.ts";
import type { RedactedParts } from "./app_parts.ts";

export interface Sharing {
  readonly share: (next: Exchange) => Exchange;
  /** Answers that are kept; `undefined` where none are. */
  readonly answers: AnswerStore | undefined;
}

export function createSharing(parts: RedactedParts): Sharing {
  const { config, providers, runtime: { clock }, shared: { metrics } } = parts;
  const { cache, coalesce, guards, routing } = config;
  const answers = cache.enabled === "off" ? undefined : createStore(parts);
  return {
    share: shareCalls({
      coalesce,
      cache: answers && new AnswerCache({
        options: cache,
        store: answers,
        clock,
        count: (result) => metrics?.recordAnswer(result),
      }),
      place: JSON.stringify([routing, guards, providers.map(({ name, target }) => [name, target])]),
      clock,
    }),
    answers,
  };
}

function createStore({ config: { cache }, runtime, shared }: RedactedParts): AnswerStore {
  const { clock, makeId, place: { memory } } = runtime;
  const { redis, metrics } = shared;
  const { ttlMs } = cache;
  // Until a restart there is no Redis where the process was started without.
  if (cache.store === "redis" && redis !== undefined) {
    const script = redisScript(ANSWER_SCRIPT);
    return new RedisAnswerStore({ ask: (call) => redis.run(call, script), clock, makeId, ttlMs });
  }
  return new MemoryAnswerStore({
    clock,
    ttlMs,
    maxBytes: cache.maxBytes / memory.threads,
    generation: new Int32Array(memory.answersGeneration),
    onDropped: () => metrics?.recordAnswer("dropped"),
  });
}
