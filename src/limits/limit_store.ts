/**
 * Where the levels of limits are kept: in memory that the threads of a process share, or in Redis.
 *
 * @module
 */

/**
 * A token bucket that holds `limit` units and is filled again at `limit` per `windowMs`. Another limit
 * or window is another bucket, which begins full.
 */
export interface LimitRule {
  /**
   * Stable and unique, such as `inference`; part of the bucket's name in a shared store, and shown to
   * clients. Letters, digits, `_` and `-`.
   */
  readonly name: string;
  /** Whole units, 1 to 1,000,000,000. */
  readonly limit: number;
  /** Whole milliseconds, 1 to 86,400,000. */
  readonly windowMs: number;
}

/** What is to be taken out of one bucket. */
export interface LimitDemand {
  /** One object for all demands of a limit, made once: what is derived of it is kept with it. */
  readonly rule: LimitRule;
  /** Whose bucket: a key's name or an address. */
  readonly key: string;
  /** Whole units; 1 for a request, 0 to look without taking. */
  readonly cost: number;
}

/** One bucket after a decision. */
export interface LimitState {
  readonly rule: LimitRule;
  /** Whole units left; never negative. */
  readonly remaining: number;
  /** Whole milliseconds until the bucket is full again. */
  readonly resetMs: number;
  /**
   * Whole milliseconds until the same demand can be met; 0 where it could be, `Infinity` where the
   * bucket never holds that much.
   */
  readonly retryAfterMs: number;
}

export interface LimitDecision {
  readonly isAllowed: boolean;
  /** In the order of the demands. */
  readonly states: readonly LimitState[];
}

export interface LimitStore {
  /**
   * Meets all demands, or takes nothing of any. No two may be on one bucket. Never rejects: what a lost
   * store means is its own policy.
   */
  take(demands: readonly LimitDemand[]): LimitDecision | Promise<LimitDecision>;
  /**
   * Corrects what was taken by what it turned out to cost: a positive cost takes more, even of an
   * empty bucket, which then owes up to nine times its limit; a negative one gives back, up to a full
   * bucket.
   */
  settle(demand: LimitDemand): void;
}
