/** Counts requests against the limits of their classes: by API key, and by address where there is none. */

import * as z from "zod";
import { GatewayError } from "../core/gateway_error.ts";
import type { LimitClass, Principal } from "../core/principal.ts";
import { limitStoreOptions } from "./create_limit_store.ts";
import type { LimitDecision, LimitDemand, LimitRule, LimitStore } from "./limit_store.ts";
import { MAX_WINDOW_MS } from "./token_bucket.ts";

const MINUTE_MS = 60_000;

const requests = z.int().min(0).max(1_000_000);
const windowMs = z.int().min(1).max(MAX_WINDOW_MS);

export const limitOptions = z.strictObject({
  windowMs: windowMs.default(900_000).describe(
    "Window of the limits of the OpenRouter service.",
  ).meta({ variable: "RATE_LIMIT_WINDOW_MS" }),
  maxRequests: requests.default(100).describe(
    "Requests to the OpenRouter service in that window, for one key, or one address where no key is needed. 0 is no limit.",
  ).meta({ variable: "RATE_LIMIT_MAX_REQUESTS" }),
  inferenceMaxRequests: requests.default(50).describe(
    "Those of them that cost money. 0 is no limit.",
  ).meta({ variable: "RATE_LIMIT_INFERENCE_MAX_REQUESTS" }),
  webSocketConnectionsPerMinute: requests.default(5).describe(
    "WebSocket connections to it in a minute. 0 is no limit.",
  ).meta({ variable: "WS_CONNECTIONS_PER_MINUTE" }),
  v1WindowMs: windowMs.default(MINUTE_MS).describe(
    "Window of the limit of OpenAI's API and of what is handed through.",
  ).meta({ variable: "RATE_LIMIT_V1_WINDOW_MS" }),
  v1MaxRequests: requests.default(600).describe(
    "Requests to those in that window. 0 is no limit.",
  ).meta({ variable: "RATE_LIMIT_V1_MAX_REQUESTS" }),
  tokensPerMinute: z.int().min(0).max(1_000_000_000).default(0).describe(
    "Tokens in a minute for one key, or one address where no key is needed: those of prompts and answers, streams included. 0 is no limit.",
  ).meta({ variable: "RATE_LIMIT_TOKENS_PER_MINUTE" }),
  assumedAnswerTokens: z.int().min(0).max(10_000_000).default(1_000).describe(
    "Tokens reserved for an answer whose request does not bound it; what was not used is given back.",
  ).meta({ variable: "RATE_LIMIT_ASSUMED_ANSWER_TOKENS" }),
  maxBuckets: z.int().min(1_000).max(10_000_000).default(100_000).describe(
    "Buckets that are kept in memory, one for each client and limit, 40 bytes each. Beyond them those who have spent least are forgotten.",
  ).meta({ variable: "RATE_LIMIT_MAX_BUCKETS", needsRestart: true }),
  ...limitStoreOptions,
}).prefault({});

export type LimitOptions = z.output<typeof limitOptions>;

/**
 * Counts one request once in each of its classes, or in none where one has no room. At once where the
 * store answers at once.
 *
 * @param account Whose buckets: a name that only this principal, or this address, has.
 */
export type LimitRate = (
  classes: readonly LimitClass[],
  principal: Principal,
  account: string,
) => LimitDecision | Promise<LimitDecision>;

/** The limits of one principal; a class without a rule is not limited. */
type Rules = ReadonlyMap<LimitClass, LimitRule>;

export function createLimitRate(store: LimitStore, options: LimitOptions): LimitRate {
  const known = new WeakMap<Principal, Rules>();
  return (classes, principal, account) => {
    let rules = known.get(principal);
    if (rules === undefined) {
      rules = rulesOf(principal, options);
      known.set(principal, rules);
    }
    const demands: LimitDemand[] = [];
    for (const limitClass of classes) {
      const rule = rules.get(limitClass);
      if (rule !== undefined) demands.push({ rule, key: account, cost: 1 });
    }
    return store.take(demands);
  };
}

function rulesOf({ limits }: Principal, options: LimitOptions): Rules {
  const { windowMs, v1WindowMs } = options;
  const rules: readonly (LimitRule & { readonly name: LimitClass })[] = [
    { name: "service", limit: limits.service ?? options.maxRequests, windowMs },
    { name: "inference", limit: limits.inference ?? options.inferenceMaxRequests, windowMs },
    {
      name: "websocket",
      limit: limits.websocket ?? options.webSocketConnectionsPerMinute,
      windowMs: MINUTE_MS,
    },
    { name: "v1", limit: limits.v1 ?? options.v1MaxRequests, windowMs: v1WindowMs },
  ];
  return new Map(rules.filter(({ limit }) => limit > 0).map((rule) => [rule.name, rule]));
}

/** Throws `rate_limited` where a decision says no. */
export function refuseOverLimit({ isAllowed, states }: LimitDecision): void {
  if (isAllowed) return;
  const [first, ...rest] = states;
  if (first === undefined) throw new Error("A decision says no for no reason");
  const { rule: { limit, windowMs }, retryAfterMs } = rest.reduce(
    (longest, state) => state.retryAfterMs > longest.retryAfterMs ? state : longest,
    first,
  );
  throw new GatewayError(
    "rate_limited",
    `Too many requests: at most ${limit} in ${inSeconds(windowMs)}; ` +
      `try again in ${inSeconds(retryAfterMs)}`,
    { code: "rate_limit_exceeded", retryAfterMs },
  );
}

function inSeconds(durationMs: number): string {
  const seconds = Math.ceil(durationMs / 1_000);
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}
