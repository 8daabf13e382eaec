/**
 * Where the levels of limits are kept: in this process, in memory that threads share, or in Redis.
 *
 * @module
 */

/** A token bucket that holds `limit` units and is filled again at `limit` per `windowMs`. */
export interface LimitRule {
  /** Stable and unique, such as `inference`; part of the bucket's name in a shared store. */
  readonly name: string;
  readonly limit: number;
  readonly windowMs: number;
}

/** What is to be taken out of one bucket. */
export interface LimitDemand {
  readonly rule: LimitRule;
  /** Whose bucket: a key's name or an address. */
  readonly key: string;
  /** Units; 1 for a request. */
  readonly cost: number;
}

/** One bucket after a decision. */
export interface LimitState {
  readonly rule: LimitRule;
  /** Whole units left; never negative. */
  readonly remaining: number;
  /** Until the bucket is full again. */
  readonly resetMs: number;
  /** Until the same demand can be met; 0 where it could be, `Infinity` where the bucket never holds that much. */
  readonly retryAfterMs: number;
}

export interface LimitDecision {
  readonly isAllowed: boolean;
  /** In the order of the demands. */
  readonly states: readonly LimitState[];
}

export interface LimitStore {
  /** Meets all demands, or takes nothing of any. Never rejects: what a lost store means is its own policy. */
  take(demands: readonly LimitDemand[]): LimitDecision | Promise<LimitDecision>;
  /**
   * Corrects what was taken by what it turned out to cost: a positive cost takes more, even of an
   * empty bucket; a negative one gives back, up to a full bucket.
   */
  settle(demand: LimitDemand): void;
}
