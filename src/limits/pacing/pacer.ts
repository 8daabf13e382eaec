/**
 * Lets calls go at the pace of their provider's limits, so that nobody has to find out about those by being refused.
 *
 * A target that says nothing of limits costs a look into a map. The queue of a target is this thread's own; what is
 * left is what all threads have in common.
 *
 * @module
 */

import type { Call } from "../../core/call.ts";
import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import type { HeldBack, Pacing, Queued, Turn } from "../../core/provider/pacing.ts";
import type { Target } from "../../core/provider/provider.ts";
import type { HeaderReader } from "../../core/provider/transport.ts";
import { estimateTokens } from "../estimate_tokens.ts";
import { NOTHING_SPENT, type Spent } from "./budget.ts";
import type { Lane, LaneTable } from "./lane_table.ts";
import { readLimits } from "./limit_readings.ts";
import type { PacingOptions } from "./pacing_options.ts";

/** How often those who wait look, for answers that come to other threads tell of room as well. */
const LOOK_MS = 100;
/** After a rest one call shows whether it is over; the others wait for its answer so long at the most. */
const PROBE_MS = 1_000;
/** Longest rest that is taken from a provider. */
const MAX_REST_MS = 86_400_000;
/** Statuses that ask for a rest where they say how long. */
const RESTING_STATUSES: ReadonlySet<number> = new Set([429, 503, 529]);

export interface PacerParts {
  readonly options: PacingOptions;
  readonly lanes: LaneTable;
  readonly clock: Clock;
  /** For an answer that its request does not bound. */
  readonly assumedAnswerTokens: number;
}

/** What was taken for a request, by the counts of all threads. */
interface Taken {
  readonly atMs: number;
  readonly requests: Spent;
  readonly tokens: Spent;
  readonly isProbe: boolean;
}

const UNKNOWN: Omit<Taken, "atMs"> = {
  requests: NOTHING_SPENT,
  tokens: NOTHING_SPENT,
  isProbe: false,
};

interface Waiter {
  readonly tokens: number;
  readonly go: (turn: Turn | HeldBack) => void;
}

interface Queue {
  readonly waiters: Waiter[];
  cancelLook: CancelTimer;
}

export class Pacer implements Pacing {
  readonly #parts: PacerParts;
  /** Those in which anybody waits. */
  readonly #queues = new Map<string, Queue>();

  constructor(parts: PacerParts) {
    this.#parts = parts;
  }

  get maxWaitMs(): number {
    return this.#parts.options.maxWaitMs;
  }

  take(target: Target, call: Call, maxWaitMs: number): Turn | Queued | HeldBack | undefined {
    // What an API beside the models counts has limits of its own, of which its answers do not say whose they are.
    if (call.handThrough !== undefined) return undefined;
    // Each caller has an account of its own there: what one has left is nothing to the others.
    if (target.provider.takesClientsCredentials === true) return undefined;
    const { lanes, options, assumedAnswerTokens } = this.#parts;
    const name = laneOf(target, call);
    const lane = lanes.find(name);
    if (lane === undefined) return this.#turn(name, { ...UNKNOWN, atMs: lanes.nowMs() });
    const tokens = lane.tokens.isKnown ? estimateTokens(call, assumedAnswerTokens) : 0;
    const waiters = this.#queues.get(name)?.waiters ?? [];
    const taken = waiters.length === 0 ? this.#takeNow(name, tokens) : undefined;
    if (typeof taken === "object") return this.#turn(name, taken);
    const waitMs = taken ?? this.#waitMs(name, tokens, waiters);
    // That one call was told to wait is no reason to refuse all others: where nothing else is known, the provider does.
    if (isBlind(lane) && maxWaitMs > 0 && waitMs > maxWaitMs) {
      return this.#turn(name, { ...UNKNOWN, atMs: lanes.nowMs(), isProbe: true });
    }
    if (waitMs > maxWaitMs || waiters.length >= options.maxWaiting) return { kind: "held", waitMs };
    return this.#queue(name, tokens, Math.max(1, maxWaitMs), waitMs);
  }

  /** What was taken, or how long to wait. */
  #takeNow(name: string, tokens: number): Taken | number {
    return this.#parts.lanes.with(name, (lane, nowMs): Taken | number => {
      if (lane.blockedUntilMs > nowMs) return lane.blockedUntilMs - nowMs;
      const waitMs = Math.max(
        lane.requests.waitMs(1, 0, nowMs),
        lane.tokens.waitMs(tokens, 0, nowMs),
      );
      if (waitMs > 0) return waitMs;
      // Where nothing but the rest is known, all who waited would come at once.
      const isProbe = lane.blockedUntilMs > 0 && isBlind(lane);
      lane.blockedUntilMs = isProbe ? nowMs + PROBE_MS : 0;
      return {
        atMs: nowMs,
        requests: lane.requests.spend(1, nowMs),
        tokens: lane.tokens.spend(tokens, nowMs),
        isProbe,
      };
    });
  }

  #waitMs(name: string, tokens: number, waiters: readonly Waiter[]): number {
    const tokensBefore = waiters.reduce((sum, waiter) => sum + waiter.tokens, 0);
    return this.#parts.lanes.with(name, (lane, nowMs) =>
      Math.max(
        lane.blockedUntilMs - nowMs,
        lane.requests.waitMs(1, waiters.length, nowMs),
        lane.tokens.waitMs(tokens, tokensBefore, nowMs),
        0,
      ));
  }

  #queue(name: string, tokens: number, maxWaitMs: number, waitMs: number): Queued {
    const queue = this.#queues.get(name) ?? { waiters: [], cancelLook: () => {} };
    this.#queues.set(name, queue);
    const { promise: turn, resolve } = Promise.withResolvers<Turn | HeldBack>();
    const leave = (): void => {
      cancelTimer();
      const index = queue.waiters.indexOf(waiter);
      if (index < 0) return;
      queue.waiters.splice(index, 1);
      this.#parts.lanes.noteWaiting(name, queue.waiters.length);
      if (queue.waiters.length > 0) return;
      queue.cancelLook();
      this.#queues.delete(name);
    };
    const waiter: Waiter = {
      tokens,
      go: (given) => {
        leave();
        resolve(given);
      },
    };
    const cancelTimer = this.#parts.clock.schedule(maxWaitMs, () => {
      const before = queue.waiters.slice(0, queue.waiters.indexOf(waiter));
      waiter.go({ kind: "held", waitMs: this.#waitMs(name, tokens, before) });
    });
    queue.waiters.push(waiter);
    this.#parts.lanes.noteWaiting(name, queue.waiters.length);
    if (queue.waiters.length === 1) this.#lookIn(name, queue, waitMs);
    return { kind: "queued", turn, leave };
  }

  #lookIn(name: string, queue: Queue, waitMs: number): void {
    queue.cancelLook();
    const delayMs = Math.max(1, Math.min(waitMs, LOOK_MS));
    queue.cancelLook = this.#parts.clock.schedule(delayMs, () => this.#serve(name));
  }

  #serve(name: string): void {
    const queue = this.#queues.get(name);
    while (queue?.waiters[0] !== undefined) {
      const [waiter] = queue.waiters;
      const taken = this.#takeNow(name, waiter.tokens);
      if (typeof taken === "number") return this.#lookIn(name, queue, taken);
      waiter.go(this.#turn(name, taken));
    }
  }

  #turn(name: string, taken: Taken): Turn {
    // Where nothing is known yet, nothing was taken.
    let isSettled = taken.requests.cost === 0;
    const settle = (): void => {
      if (isSettled) return;
      isSettled = true;
      this.#parts.lanes.with(name, ({ requests, tokens }) => {
        requests.settle(taken.requests);
        tokens.settle(taken.tokens);
      });
    };
    return {
      kind: "turn",
      answered: (status, headers) => {
        settle();
        this.#note(name, taken, status, headers);
      },
      failed: (error) => {
        settle();
        this.#rest(name, error);
      },
    };
  }

  #note(name: string, taken: Taken, status: number, headers: HeaderReader): void {
    const { lanes, clock } = this.#parts;
    const readings = readLimits(headers, clock.epochMs());
    if (readings === undefined && taken.requests.cost === 0 && !taken.isProbe) return;
    lanes.with(name, (lane, nowMs) => {
      if (taken.isProbe && !RESTING_STATUSES.has(status)) lane.blockedUntilMs = 0;
      const { requests, tokens } = readings ?? {};
      const { atMs } = taken;
      const isServed = status !== 429;
      if (requests) lane.requests.note(requests, taken.requests, atMs, nowMs, isServed);
      if (tokens) lane.tokens.note(tokens, taken.tokens, atMs, nowMs, isServed);
      // Where there are requests left, it was the tokens that were not.
      const isOfTokens = isServed || (requests?.remaining ?? 1) >= 1;
      if (isOfTokens && taken.tokens.cost > 0) lane.tokens.judge(isServed);
    });
    this.#serve(name);
  }

  #rest(name: string, { kind, status, retryAfterMs = 0 }: GatewayError): void {
    if (kind !== "upstream_error" || !RESTING_STATUSES.has(status) || retryAfterMs <= 0) return;
    this.#parts.lanes.with(name, (lane, nowMs) => {
      const untilMs = nowMs + Math.min(retryAfterMs, MAX_REST_MS);
      lane.blockedUntilMs = Math.max(lane.blockedUntilMs, untilMs);
      if (status !== 429) return;
      lane.requests.doubt();
      lane.tokens.doubt();
    });
  }
}

/** Nothing is known of its limits, but perhaps that it asked for a rest. */
function isBlind({ requests, tokens }: Pick<Lane, "requests" | "tokens">): boolean {
  return !requests.isKnown && !tokens.isKnown;
}

/** Counts of tokens have limits of their own. */
function laneOf({ provider, model, key }: Target, { operation }: Pick<Call, "operation">): string {
  const target = `${provider.name}/${model}`;
  const name = key === undefined ? target : `${target} ${key}`;
  return operation === "count_tokens" ? `${name} count_tokens` : name;
}
