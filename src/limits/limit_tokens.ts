/**
 * Limits tokens per minute: reserved by estimate when a call comes, settled by its usage when it ends.
 *
 * @module
 */

import type { Call, Reservation } from "../core/call.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Principal } from "../core/principal.ts";
import { estimateTokens } from "./estimate_tokens.ts";
import { tokenLimitHeaders } from "./limit_headers.ts";
import type { LimitOptions } from "./limit_rate.ts";
import type { LimitDecision, LimitRule, LimitState, LimitStore } from "./limit_store.ts";

const WINDOW_MS = 60_000;
/** What a bucket can hold at the most. */
const MAX_TOKENS = 1_000_000_000;

export type ReserveTokens = (
  call: Call,
) => Reservation | undefined | Promise<Reservation>;

/** Throws `rate_limited` where the tokens of the last minute leave no room for a call. */
export function createReserveTokens(store: LimitStore, options: LimitOptions): ReserveTokens {
  const ruleOf = createRules(options.tokensPerMinute);
  const reserved = (
    call: Call,
    rule: LimitRule,
    estimate: number,
    { isAllowed, states: [state] }: LimitDecision,
  ): Reservation => {
    const key = call.account;
    if (state !== undefined) call.trace.headers = tokenLimitHeaders(state);
    if (!isAllowed) throw refusal(rule, estimate, state);
    return {
      settle: (outcome) => {
        const cost = Math.min(tokensSpent(outcome, estimate), MAX_TOKENS) - estimate;
        if (cost !== 0) store.settle({ rule, key, cost });
      },
    };
  };
  return (call) => {
    const rule = costsTokens(call) ? ruleOf(call.principal) : undefined;
    if (rule === undefined) return undefined;
    const estimate = Math.min(estimateTokens(call, options.assumedAnswerTokens), MAX_TOKENS);
    const taken = store.take([{ rule, key: call.account, cost: estimate }]);
    return taken instanceof Promise
      ? taken.then((decision) => reserved(call, rule, estimate, decision))
      : reserved(call, rule, estimate, taken);
  };
}

/** A count costs none, and what is read, changed or deleted again has cost what it has. */
function costsTokens({ operation, handThrough }: Call): boolean {
  return operation !== "count_tokens" && (handThrough?.method ?? "POST") === "POST";
}

/** The rule of each principal, made once; `undefined` where it has none. */
function createRules(tokensPerMinute: number): (principal: Principal) => LimitRule | undefined {
  const rules = new WeakMap<Principal, LimitRule>();
  return (principal) => {
    const limit = principal.limits.tokensPerMinute ?? tokensPerMinute;
    if (limit === 0) return undefined;
    const known = rules.get(principal);
    if (known !== undefined) return known;
    const rule: LimitRule = { name: "tokens", limit, windowMs: WINDOW_MS };
    rules.set(principal, rule);
    return rule;
  };
}

/** Without a word of the upstream's, the estimate stands: whoever hangs up early has read something. */
function tokensSpent({ usage, kind, bytes }: Outcome, estimate: number): number {
  // Some count parts of tokens, and buckets hold whole ones.
  if (usage !== undefined) return Math.ceil(usage.totalTokens);
  return kind !== "complete" && bytes === 0 ? 0 : estimate;
}

function refusal(
  { limit }: LimitRule,
  estimate: number,
  state: LimitState | undefined,
): GatewayError {
  const retryAfterMs = state?.retryAfterMs ?? WINDOW_MS;
  if (retryAfterMs === Infinity) {
    return new GatewayError(
      "rate_limited",
      `The request may need ${estimate} tokens, and at most ${limit} are allowed in a minute; ` +
        "shorten it or lower max_tokens",
      { code: "too_many_tokens", shouldRetry: false },
    );
  }
  return new GatewayError(
    "rate_limited",
    `Too many tokens: at most ${limit} in a minute, and this request may need ${estimate}; ` +
      `try again in ${Math.ceil(retryAfterMs / 1_000)} s`,
    { code: "token_limit_exceeded", retryAfterMs },
  );
}
