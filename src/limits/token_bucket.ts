/**
 * The arithmetic of a token bucket that holds `limit` units and is filled at `limit` per `windowMs`.
 *
 * All that is kept of a bucket is when it will be full again (GCRA): whole milliseconds, and a rest in
 * parts of 1/limit ms. One unit takes windowMs / limit milliseconds to come back, which those two
 * numbers hold exactly, so that nothing is rounded however often a bucket is used.
 *
 * Time is an argument, in whole milliseconds. Where it steps back a bucket looks emptier than it is,
 * never fuller.
 *
 * @module
 */

export const MAX_LIMIT = 1_000_000_000;
export const MAX_WINDOW_MS = 86_400_000;

/** Corrections empty a bucket by at most this many times what it holds, so that no one is shut out for good. */
const MAX_DEBT_WINDOWS = 10;

/** `limit` is a whole number up to `MAX_LIMIT`, `windowMs` one up to `MAX_WINDOW_MS`. */
export interface BucketSize {
  readonly limit: number;
  readonly windowMs: number;
}

/** When a bucket is full again; `rest` is below the limit. A time that has passed is a full bucket. */
export interface BucketLevel {
  fullAtMs: number;
  rest: number;
}

/**
 * Time until `cost` units can be taken: 0 where they can be now, `Infinity` where the bucket never
 * holds that many.
 */
export function waitMsFor(
  level: Readonly<BucketLevel>,
  size: BucketSize,
  cost: number,
  nowMs: number,
): number {
  const { limit, windowMs } = size;
  if (cost > limit) return Infinity;
  const rest = restFrom(level, nowMs) + remainderOf(cost, windowMs, limit);
  const fullAtMs = Math.max(level.fullAtMs, nowMs) + quotientOf(cost, windowMs, limit);
  return Math.max(0, fullAtMs + Math.ceil(rest / limit) - windowMs - nowMs);
}

/** Takes units, whether the bucket holds them or not; negative ones are given back, up to a full bucket. */
export function spend(level: BucketLevel, size: BucketSize, cost: number, nowMs: number): void {
  const { limit, windowMs } = size;
  const largest = MAX_DEBT_WINDOWS * limit;
  const units = Math.min(Math.abs(cost), largest);
  const sign = Math.sign(cost);
  level.rest = restFrom(level, nowMs) + sign * remainderOf(units, windowMs, limit);
  level.fullAtMs = Math.max(level.fullAtMs, nowMs) + sign * quotientOf(units, windowMs, limit);
  if (level.rest < 0) {
    level.rest += limit;
    level.fullAtMs--;
  } else if (level.rest >= limit) {
    level.rest -= limit;
    level.fullAtMs++;
  }
  const latestMs = nowMs + MAX_DEBT_WINDOWS * windowMs;
  if (level.fullAtMs >= latestMs) {
    level.fullAtMs = latestMs;
    level.rest = 0;
  }
}

/** Whole units that the bucket holds; 0 where it owes some. */
export function remainingIn(
  level: Readonly<BucketLevel>,
  { limit, windowMs }: BucketSize,
  nowMs: number,
): number {
  const waitMs = level.fullAtMs - nowMs;
  if (waitMs < 0) return limit;
  const part = remainderOf(waitMs, limit, windowMs) + level.rest;
  return Math.max(0, limit - quotientOf(waitMs, limit, windowMs) - Math.ceil(part / windowMs));
}

/** Time until the bucket is full. */
export function fullInMs({ fullAtMs, rest }: Readonly<BucketLevel>, nowMs: number): number {
  return Math.max(0, fullAtMs + (rest > 0 ? 1 : 0) - nowMs);
}

/** Of a bucket that has been full for a while there is no rest. */
function restFrom({ fullAtMs, rest }: Readonly<BucketLevel>, nowMs: number): number {
  return fullAtMs < nowMs ? 0 : rest;
}

/** a * b / c, rounded down. Only limits of many million units and windows of hours leave the fast way. */
function quotientOf(a: number, b: number, c: number): number {
  const product = a * b;
  return product <= Number.MAX_SAFE_INTEGER
    ? Math.floor(product / c)
    : Number(BigInt(a) * BigInt(b) / BigInt(c));
}

/** What that division leaves. */
function remainderOf(a: number, b: number, c: number): number {
  const product = a * b;
  return product <= Number.MAX_SAFE_INTEGER
    ? product % c
    : Number(BigInt(a) * BigInt(b) % BigInt(c));
}
