/**
 * What answers say of limits, in the three ways in which clients read it.
 *
 * @see {@link https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/}
 * @module
 */

import type { LimitDecision, LimitState } from "./limit_store.ts";

type Header = readonly [name: string, value: string];

/**
 * The headers of one answer, none where nothing is limited. Where several buckets count, the scarcest
 * one speaks in the headers that know of one only.
 *
 * `x-ratelimit-reset` is a time, in seconds since the Unix epoch, and `x-ratelimit-reset-requests` a
 * duration; both are about when the bucket is full again. `t` of `ratelimit` is the time in seconds until
 * there is more than what is left.
 *
 * @param epochMs `Clock.epochMs`.
 */
export function limitHeaders({ isAllowed, states }: LimitDecision, epochMs: number): Header[] {
  if (states.length === 0) return [];
  const { rule: { limit }, remaining, resetMs, retryAfterMs } = states.reduce(scarcer);
  const headers: Header[] = [
    ["x-ratelimit-limit", String(limit)],
    ["x-ratelimit-remaining", String(remaining)],
    ["x-ratelimit-reset", String(Math.ceil((epochMs + resetMs) / 1_000))],
    ["x-ratelimit-limit-requests", String(limit)],
    ["x-ratelimit-remaining-requests", String(remaining)],
    ["x-ratelimit-reset-requests", formatDuration(resetMs)],
    ["ratelimit-policy", states.map(policyOf).join(", ")],
    ["ratelimit", states.map(serviceLimitOf).join(", ")],
  ];
  if (!isAllowed && retryAfterMs !== Infinity) {
    headers.push(["retry-after", String(wholeSeconds(retryAfterMs))]);
    headers.push(["retry-after-ms", String(retryAfterMs)]);
  }
  return headers;
}

/** What an answer says of the limit of tokens, as OpenAI's clients read it. */
export function tokenLimitHeaders({ rule, remaining, resetMs }: LimitState): Header[] {
  return [
    ["x-ratelimit-limit-tokens", String(rule.limit)],
    ["x-ratelimit-remaining-tokens", String(remaining)],
    ["x-ratelimit-reset-tokens", formatDuration(resetMs)],
  ];
}

/** What keeps a client waiting longest; where nothing does, what has least left. */
function scarcer(left: LimitState, right: LimitState): LimitState {
  const waits = right.retryAfterMs - left.retryAfterMs;
  if (waits !== 0) return waits > 0 ? right : left;
  return right.remaining < left.remaining ? right : left;
}

function policyOf({ rule: { name, limit, windowMs } }: LimitState): string {
  return `"${name}";q=${limit};w=${wholeSeconds(windowMs)}`;
}

function serviceLimitOf({ rule, remaining, resetMs }: LimitState): string {
  const { name, limit, windowMs } = rule;
  // All but one of the units that are missing come back after the next one. Rounded down, for the reset
  // is rounded up, so that `t` is never later than `retry-after`.
  const nextMs = Math.floor(resetMs - Math.max(0, limit - remaining - 1) * windowMs / limit);
  return `"${name}";r=${remaining};t=${wholeSeconds(nextMs)}`;
}

function wholeSeconds(durationMs: number): number {
  return Math.max(0, Math.ceil(durationMs / 1_000));
}

/** As Go writes it, which is what clients parse: `20ms`, `8.64s`, `1m0s`, `1h2m3s`. */
function formatDuration(durationMs: number): string {
  if (durationMs > 0 && durationMs < 1_000) return `${durationMs}ms`;
  const hours = Math.floor(durationMs / 3_600_000);
  const minutes = Math.floor(durationMs / 60_000) % 60;
  const seconds = `${durationMs % 60_000 / 1_000}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
