/**
 * Limits tokens per minute: reserved by estimate when a call comes, settled by its usage when it ends.
 *
 * @module
 */

import type { Call, Exchange, Layer, Reply } from "../core/call.ts";
import { GatewayError } from "../core/gateway_error.ts";
import type { Outcome } from "../core/outcome.ts";
import type { Principal } from "../core/principal.ts";
import { estimateTokens } from "./estimate_tokens.ts";
import { tokenLimitHeaders } from "./limit_headers.ts";
import type { LimitOptions } from "./limit_rate.ts";
import type { LimitRule, LimitState, LimitStore } from "./limit_store.ts";

const WINDOW_MS = 60_000;
/** What a bucket can hold at the most. */
const MAX_TOKENS = 1_000_000_000;

/** A layer. Throws `rate_limited` where the tokens of the last minute leave no room for the call. */
export function limitTokens(store: LimitStore, options: LimitOptions): Layer {
  const ruleOf = createRules(options.tokensPerMinute);
  const limited = async (call: Call, rule: LimitRule, next: Exchange): Promise<Reply> => {
    const estimate = Math.min(estimateTokens(call, options.assumedAnswerTokens), MAX_TOKENS);
    const key = call.account;
    const taken = store.take([{ rule, key, cost: estimate }]);
    const { isAllowed, states: [state] } = taken instanceof Promise ? await taken : taken;
    if (state !== undefined) call.trace.headers = tokenLimitHeaders(state);
    if (!isAllowed) throw refusal(rule, estimate, state);
    const settle = (tokens: number): void => {
      const cost = Math.min(tokens, MAX_TOKENS) - estimate;
      if (cost !== 0) store.settle({ rule, key, cost });
    };
    try {
      const reply = await next(call);
      reply.outcome.then((outcome) => settle(tokensSpent(outcome, estimate)));
      return reply;
    } catch (thrown) {
      // No answer has begun: nothing is known to have been spent.
      settle(0);
      throw thrown;
    }
  };
  return (next) => (call) => {
    // A count costs no tokens.
    const rule = call.operation === "count_tokens" ? undefined : ruleOf(call.principal);
    return rule === undefined ? next(call) : limited(call, rule, next);
  };
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
