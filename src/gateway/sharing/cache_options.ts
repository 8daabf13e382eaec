/** Whose answers are kept, and for how long. */

import * as z from "zod";

const patterns = z.array(z.string().min(1).max(200)).max(1_000);

export const cacheOptions = z.strictObject({
  enabled: z.enum(["off", "on"]).default("off").describe(
    "Keep whole answers and give them again to the same request of the same key: for what `cache.models` and `cache.keys` name, and where a request has the header `x-weir-cache: on`.",
  ).meta({ variable: "CACHE" }),
  store: z.enum(["memory", "redis"]).default("memory").describe(
    "Where answers are kept: in memory, or, so that several machines share them, in the Redis of `RATE_LIMIT_STORE`.",
  ).meta({ variable: "CACHE_STORE" }),
  models: patterns.default([]).describe(
    "Models and aliases, as clients name them, whose answers are kept; `*` is any text.",
  ).meta({ variable: "CACHE_MODELS" }),
  keys: patterns.default([]).describe(
    "Names of keys whose calls' answers are kept, whatever the model; `*` is any text.",
  ).meta({ variable: "CACHE_KEYS" }),
  ttlMs: z.int().min(1_000).max(31_536_000_000).default(3_600_000).describe(
    "Age up to which an answer is given again.",
  ).meta({ variable: "CACHE_TTL_MS" }),
  maxBytes: z.int().min(65_536).max(1_099_511_627_776).default(67_108_864).describe(
    "Memory for answers, of all threads together; with the next one those that were not asked for longest are dropped. In Redis its own limit counts.",
  ).meta({ variable: "CACHE_MAX_BYTES" }),
  maxAnswerBytes: z.int().min(1_024).max(67_108_864).default(1_048_576).describe(
    "Longest answer that is kept; in Redis none is longer than 262,144 bytes.",
  ).meta({ variable: "CACHE_MAX_ANSWER_BYTES" }),
  pace: z.enum(["instant", "recorded"]).default("instant").describe(
    "How fast a stream is given again: at once, or as it came.",
  ).meta({ variable: "CACHE_PACE" }),
}).prefault({});

export type CacheOptions = z.output<typeof cacheOptions>;
