/**
 * Limits as they are meant: the textbook's bucket with a level that is filled as time passes, in exact
 * fractions, one after another and without a bound. Slow.
 *
 * @module
 */

import type { LimitDecision, LimitDemand, LimitState } from "../../../src/limits/limit_store.ts";
import type { BucketSize } from "../../../src/limits/token_bucket.ts";

/** Counts in parts of 1/windowMs of a unit, of which `limit` come back in each millisecond. */
export class ModelBucket {
  readonly #limit: bigint;
  readonly #windowMs: bigint;
  #parts: bigint;
  #atMs: bigint;

  constructor({ limit, windowMs }: BucketSize, nowMs: number) {
    this.#limit = BigInt(limit);
    this.#windowMs = BigInt(windowMs);
    this.#parts = this.#capacity;
    this.#atMs = BigInt(nowMs);
  }

  get #capacity(): bigint {
    return this.#limit * this.#windowMs;
  }

  /** Time that steps back is no time. */
  fill(nowMs: number): void {
    const elapsedMs = BigInt(nowMs) - this.#atMs;
    if (elapsedMs > 0n) this.#parts = lesser(this.#capacity, this.#parts + elapsedMs * this.#limit);
    this.#atMs = BigInt(nowMs);
  }

  waitMsFor(cost: number): number {
    if (BigInt(cost) > this.#limit) return Infinity;
    return this.#msToFill(BigInt(cost) * this.#windowMs - this.#parts);
  }

  spend(cost: number): void {
    const parts = this.#parts - BigInt(cost) * this.#windowMs;
    this.#parts = lesser(
      this.#capacity,
      parts > -9n * this.#capacity ? parts : -9n * this.#capacity,
    );
  }

  get remaining(): number {
    return this.#parts < 0n ? 0 : Number(this.#parts / this.#windowMs);
  }

  get fullInMs(): number {
    return this.#msToFill(this.#capacity - this.#parts);
  }

  /** How much of it is spent, of 1. */
  get spentShare(): number {
    return Number(this.#capacity - this.#parts) / Number(this.#capacity);
  }

  #msToFill(parts: bigint): number {
    return parts <= 0n ? 0 : Number((parts + this.#limit - 1n) / this.#limit);
  }
}

export class ModelStore {
  readonly #buckets = new Map<string, ModelBucket>();

  take(demands: readonly LimitDemand[], nowMs: number): LimitDecision {
    const buckets = demands.map((demand) => this.bucketOf(demand, nowMs));
    const waits = demands.map(({ cost }, index) => buckets[index]!.waitMsFor(cost));
    const isAllowed = waits.every((waitMs) => waitMs === 0);
    const states = demands.map(({ rule, cost }, index): LimitState => {
      const bucket = buckets[index]!;
      if (isAllowed) bucket.spend(cost);
      const { remaining, fullInMs } = bucket;
      return { rule, remaining, resetMs: fullInMs, retryAfterMs: waits[index]! };
    });
    return { isAllowed, states };
  }

  settle(demand: LimitDemand, nowMs: number): void {
    this.bucketOf(demand, nowMs).spend(demand.cost);
  }

  bucketOf({ rule, key }: LimitDemand, nowMs: number): ModelBucket {
    const name = JSON.stringify([rule, key]);
    const bucket = this.#buckets.get(name) ?? new ModelBucket(rule, nowMs);
    this.#buckets.set(name, bucket);
    // All are filled, for only so all see the time step back.
    for (const each of this.#buckets.values()) each.fill(nowMs);
    return bucket;
  }
}

function lesser(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
