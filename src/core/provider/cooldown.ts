/** Which targets are left out for a while, and why. */

/** A target that is left out. */
export interface CoolingTarget {
  /** `upstream/model`. */
  readonly target: string;
  /** It has run into its rate limit, or its calls keep failing. */
  readonly reason: "rate_limited" | "failing";
  /** Code of the failure that it is left out for. */
  readonly code: string;
  /** Until it is tried again; above 0. */
  readonly retryAfterMs: number;
}

/** What is known of a failed call that tells of its target. */
export interface TargetFailure {
  readonly status: number;
  readonly code: string;
  /** How long the target asked not to be called. */
  readonly retryAfterMs: number | undefined;
  /** It failed after its answer had begun, which was reported already. */
  readonly wasAnswered: boolean;
}

/**
 * Remembers which targets keep failing. Targets are named `upstream/model`; every admitted call is
 * reported by exactly one of the other three, and once more where it breaks off after it was answered.
 */
export interface Cooldown {
  /** `undefined` lets the call go to the target; else it is left out. */
  admit(target: string, nowMs: number): CoolingTarget | undefined;
  /** The call goes to a target that is left out, because no other is left; stands in for `admit`. */
  admitAnyway(target: string): void;
  answered(target: string, nowMs: number): void;
  failed(target: string, failure: TargetFailure, nowMs: number): void;
  /** The call ended without telling anything of its target, such as when its client left. */
  abandoned(target: string, nowMs: number): void;
}
