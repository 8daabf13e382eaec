/**
 * Where limits are counted, as the configuration has it.
 *
 * @module
 */

import * as z from "zod";
import type { Clock, MakeId, Random } from "../core/clock.ts";
import { SECRET } from "../core/text/secret.ts";
import type { BudgetStore } from "./budgets/budget_store.ts";
import { RedisBudgetStore } from "./budgets/redis/redis_budget_store.ts";
import type { LimitStore } from "./limit_store.ts";
import { readRedisAddress } from "./redis/redis_address.ts";
import { RedisLimitStore } from "./redis/redis_limit_store.ts";
import { type LinkLog, RedisLink } from "./redis/redis_link.ts";

const MEMORY = "memory";

export const limitStoreOptions = {
  store: z.string().max(2_000).refine(
    (text) => text === MEMORY || readRedisAddress(text) !== undefined,
    "must be memory, or an address such as redis://user:password@redis:6379/0",
  ).default(MEMORY).meta(SECRET).describe(
    "Where limits are counted: `memory` of this process, or for several machines a Redis or Valkey, such as `redis://:password@redis:6379/0`; `rediss://` is TLS.",
  ).meta({ variable: "RATE_LIMIT_STORE", needsRestart: true }),
  redisTimeoutMs: z.int().min(5).max(10_000).default(100).describe(
    "Time allowed for an answer of Redis; without one, limits are counted by each process alone until it is back.",
  ).meta({ variable: "RATE_LIMIT_REDIS_TIMEOUT_MS", needsRestart: true }),
  redisFallbackShare: z.number().min(0.001).max(1).default(0.5).describe(
    "Share of each limit that a process grants while it counts alone.",
  ).meta({ variable: "RATE_LIMIT_REDIS_FALLBACK_SHARE", needsRestart: true }),
};

export interface LimitStoreOptions {
  readonly store: string;
  readonly redisTimeoutMs: number;
  readonly redisFallbackShare: number;
}

export interface StoreParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly makeId: MakeId;
  readonly log: LinkLog;
}

/** This process's own stores, which stand in where another one is away. */
export interface OwnStores {
  readonly limits: LimitStore;
  readonly budgets: BudgetStore;
}

export interface OpenStores extends OwnStores {
  /** Where they are counted elsewhere. */
  readonly redis: RedisLink | undefined;
  readonly close: () => void;
}

/** Limits and budgets are counted in the same place. */
export function createLimitStore(
  { store, redisTimeoutMs, redisFallbackShare: share }: LimitStoreOptions,
  own: OwnStores,
  parts: StoreParts,
): OpenStores {
  if (store === MEMORY) return { ...own, redis: undefined, close: () => {} };
  const address = readRedisAddress(store);
  if (address === undefined) throw new RangeError("The address of the store cannot be read");
  const link = new RedisLink({ ...parts, address, timeoutMs: redisTimeoutMs });
  return {
    limits: new RedisLimitStore(link, own.limits, share),
    budgets: new RedisBudgetStore({ ...parts, link, ownStore: own.budgets, share }),
    redis: link,
    close: () => link.close(),
  };
}
