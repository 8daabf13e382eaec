/**
 * Leaves targets out that keep failing, until one call shows that they answer again.
 *
 * A target is watched from its first failure on, so that one that never fails costs one look into an
 * empty map. Nothing here reads a clock.
 *
 * @module
 */

import * as z from "zod";
import type { Cooldown, CoolingTarget, TargetFailure } from "../core/provider/cooldown.ts";

export const cooldownOptions = z.strictObject({
  enabled: z.enum(["on", "off"]).default("on").describe(
    "Leave out targets of an alias that keep failing, or have asked to wait, while it has others.",
  ).meta({ variable: "COOLDOWN" }),
  windowMs: z.int().min(100).max(3_600_000).default(60_000).describe(
    "Time over which a target's failures are counted.",
  ).meta({ variable: "COOLDOWN_WINDOW_MS" }),
  minCalls: z.int().min(1).max(100_000).default(5).describe(
    "Calls within it below which a target is not judged.",
  ).meta({ variable: "COOLDOWN_MIN_CALLS" }),
  failureRate: z.number().min(0.01).max(1).default(0.5).describe(
    "Share of failed calls from which on a target is left out.",
  ).meta({ variable: "COOLDOWN_FAILURE_RATE" }),
  durationMs: z.int().min(1).max(86_400_000).default(30_000).describe(
    "Time for which it is left out; then one call tries it, and the others follow when it is answered.",
  ).meta({ variable: "COOLDOWN_DURATION_MS" }),
}).prefault({});

export type CooldownOptions = z.infer<typeof cooldownOptions>;

/** Targets are those of aliases, which are the operator's; the bound is for many reloads. */
const MAX_TARGETS = 10_000;
/** Parts of the window; it slides by one of them. */
const WINDOW_SLOTS = 10;
/** Longest wait that is taken from an upstream. */
const MAX_RETRY_AFTER_MS = 86_400_000;

interface Slot {
  readonly startMs: number;
  calls: number;
  failures: number;
}

interface WatchedTarget {
  /** Oldest first. */
  slots: Slot[];
  /** Left out until then; `undefined` while it is called as usual. */
  coolingUntilMs: number | undefined;
  /** One call is on its way to see whether it answers again. */
  isHalfOpen: boolean;
  /** Calls go to it while it is left out, for lack of others: one that is answered ends that. */
  isAskedAnyway: boolean;
  /** What it is left out for, or failed with first. */
  failure: TargetFailure;
}

/** What is known of targets. It outlives the options, so that a reload forgets nothing. */
export type WatchedTargets = Map<string, WatchedTarget>;

export class TargetCooldown implements Cooldown {
  readonly #options: CooldownOptions;
  readonly #targets: WatchedTargets;

  constructor(options: CooldownOptions, targets: WatchedTargets) {
    this.#options = options;
    this.#targets = targets;
  }

  admit(target: string, nowMs: number): CoolingTarget | undefined {
    const watched = this.#targets.get(target);
    if (watched?.coolingUntilMs === undefined) return undefined;
    if (nowMs < watched.coolingUntilMs) return describe(target, watched, nowMs);
    // This call is the probe. Should nothing ever be heard of it, there is another one later.
    watched.isHalfOpen = true;
    watched.coolingUntilMs = nowMs + this.#options.durationMs;
    return undefined;
  }

  admitAnyway(target: string): void {
    const watched = this.#targets.get(target);
    if (watched !== undefined) watched.isAskedAnyway = true;
  }

  answered(target: string, nowMs: number): void {
    const watched = this.#targets.get(target);
    if (watched === undefined) return;
    if (watched.isHalfOpen || watched.isAskedAnyway) {
      this.#targets.delete(target);
      return;
    }
    this.#slot(watched, nowMs).calls += 1;
    const hasFailures = watched.slots.some(({ failures }) => failures > 0);
    if (!hasFailures && watched.coolingUntilMs === undefined) this.#targets.delete(target);
  }

  failed(target: string, failure: TargetFailure, nowMs: number): void {
    const known = this.#targets.get(target);
    const watched = known ?? this.#watch(target, failure);
    const slot = this.#slot(watched, nowMs);
    slot.failures += 1;
    const isCounted = failure.wasAnswered && known !== undefined;
    if (!isCounted) slot.calls += 1;
    const isProbe = watched.isHalfOpen && !failure.wasAnswered;
    const { retryAfterMs = 0 } = failure;
    const isCooling = watched.coolingUntilMs !== undefined && !isProbe;
    if (retryAfterMs === 0 && (isCooling || (!isProbe && !this.#isBad(watched)))) return;
    const coolMs = Math.min(retryAfterMs || this.#options.durationMs, MAX_RETRY_AFTER_MS);
    if (isCooling && nowMs + coolMs <= (watched.coolingUntilMs ?? 0)) return;
    watched.coolingUntilMs = nowMs + coolMs;
    watched.failure = failure;
    if (isProbe) watched.isHalfOpen = false;
  }

  abandoned(target: string, nowMs: number): void {
    const watched = this.#targets.get(target);
    if (watched === undefined || !watched.isHalfOpen) return;
    watched.isHalfOpen = false;
    watched.coolingUntilMs = nowMs;
  }

  /** Every target that is left out. */
  snapshot(nowMs: number): readonly CoolingTarget[] {
    return [...this.#targets].flatMap(([target, watched]) =>
      (watched.coolingUntilMs ?? 0) > nowMs ? [describe(target, watched, nowMs)] : []
    );
  }

  #isBad({ slots }: WatchedTarget): boolean {
    const calls = slots.reduce((sum, slot) => sum + slot.calls, 0);
    const failures = slots.reduce((sum, slot) => sum + slot.failures, 0);
    return calls >= this.#options.minCalls && failures >= calls * this.#options.failureRate;
  }

  /** The part of the window that is now; what has left the window is forgotten. */
  #slot(watched: WatchedTarget, nowMs: number): Slot {
    const { windowMs } = this.#options;
    watched.slots = watched.slots.filter(({ startMs }) => startMs > nowMs - windowMs);
    const last = watched.slots.at(-1);
    if (last !== undefined && nowMs < last.startMs + windowMs / WINDOW_SLOTS) return last;
    const slot = { startMs: nowMs, calls: 0, failures: 0 };
    watched.slots.push(slot);
    return slot;
  }

  #watch(target: string, failure: TargetFailure): WatchedTarget {
    const [oldest] = this.#targets.keys();
    if (oldest !== undefined && this.#targets.size >= MAX_TARGETS) this.#targets.delete(oldest);
    const watched = {
      slots: [],
      coolingUntilMs: undefined,
      isHalfOpen: false,
      isAskedAnyway: false,
      failure,
    };
    this.#targets.set(target, watched);
    return watched;
  }
}

function describe(
  target: string,
  { coolingUntilMs = 0, failure: { status, code } }: WatchedTarget,
  nowMs: number,
): CoolingTarget {
  const reason = status === 429 ? "rate_limited" : "failing";
  return { target, reason, code, retryAfterMs: coolingUntilMs - nowMs };
}
