/**
 * What a request to a provider costs, and who lets it be spent.
 *
 * Money is counted for each request and not for each call: every request may be charged, and only there are
 * target and price known.
 *
 * @module
 */

import type { Call } from "../call.ts";
import type { Usage } from "../chat/chat.ts";
import type { ModelPricing, Provider, Target } from "../provider/provider.ts";
import type { Cost } from "./call_record.ts";

/** What was reserved for one request. */
export interface AttemptSpending {
  /** To be called once, when the request is over. */
  readonly settle: (cost: Cost) => void;
}

/**
 * Whether a budget counts a request: `undefined` where none does, and it need not be estimated. Asked for each
 * request, so it must be quick.
 */
export type ReserveAttempt = (call: Call, target: Target) => ReserveMoney | undefined;

/**
 * Lets the request be paid for. Throws or rejects with `GatewayError` `budget_exceeded`.
 *
 * @param maxUsd The most that it may cost by estimate; `null` where there is no price.
 */
export type ReserveMoney = (maxUsd: number | null) => AttemptSpending | Promise<AttemptSpending>;

/** Tokens of a request that has not been answered. */
export interface EstimatedTokens {
  readonly input: number;
  /** As many as the answer may have. */
  readonly maxOutput: number;
}

/** One request, as far as its price depends on it. */
export interface PricedRequest {
  readonly target: Target;
  /** The model as the client asked for it, which may be an alias. */
  readonly askedModel: string;
  /** The model that answered, in the provider's own word. */
  readonly servedModel?: string | undefined;
  readonly usage: Usage;
}

export interface Prices {
  /** Set until they are there, from when they are first needed. Never rejects. */
  readonly loading: Promise<void> | undefined;
  /** US dollars; `null` where nobody knows. */
  usdOf(request: PricedRequest): number | null;
}

/** Prices that are told of models, where their providers tell none. */
export interface ListedPrices {
  readonly loading: Promise<void> | undefined;
  pricingOf(provider: Provider, model: string): ModelPricing | undefined;
}

/** What requests need so that their money is counted. */
export interface Spending {
  readonly prices: Prices;
  /** `undefined` where there are no budgets. */
  readonly reserve: ReserveAttempt | undefined;
  readonly estimate: (call: Pick<Call, "formats" | "body">) => EstimatedTokens;
}
