/**
 * The tries of one call: each of its targets once, in order and without waiting; then again, those that
 * may answer a repetition, after the waits of the retry policy. Only until there is any output (T16).
 *
 * @module
 */

import type { Call, Reply } from "../../core/call.ts";
import type { Random } from "../../core/clock.ts";
import type { CoolingTarget } from "../../core/provider/cooldown.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { Route, Target } from "../../core/provider/provider.ts";
import { Attempt } from "./attempt.ts";
import type { CallHold } from "./call_hold.ts";
import { isRefusedByTarget, mayServeElsewhere } from "./fail_over.ts";
import { type FailedTarget, finalError, noteFailedTarget } from "./failed_target.ts";
import type { Hedge } from "./hedge.ts";
import { type PreparedTarget, prepareTarget, type SendParts } from "./prepared_target.ts";
import { planRetry, type RetryOptions, type RetryPlan, withRetryAdvice } from "./retry.ts";
import { type CallReports, timedName } from "./target_reports.ts";

export interface TryParts extends SendParts {
  readonly retry: RetryOptions;
  /** `undefined` asks one target at a time. */
  readonly hedge: Hedge | undefined;
  readonly random: Random;
}

const FINAL: RetryPlan = { kind: "give_up", because: "final" };

interface LeftOutTarget extends CoolingTarget {
  readonly resolved: Target;
}

interface Running {
  readonly attempt: Attempt;
  readonly name: string;
  readonly sentMs: number;
}

export class CallTries {
  readonly #parts: TryParts;
  readonly #call: Call;
  readonly #hold: CallHold;
  readonly #route: Route;
  /** With one target alone nothing is left out and nothing is remembered. */
  readonly #hasChoice: boolean;
  readonly #reports: CallReports | undefined;
  readonly #isIdempotent: boolean;
  #next = 0;
  #failed: readonly FailedTarget[] = [];
  readonly #leftOut: LeftOutTarget[] = [];
  /** Targets that could not be reached. */
  #unreachable: readonly PreparedTarget[] = [];
  #running: readonly Running[] = [];
  /** Answered or failed for good: what other tries bring means nothing any more. */
  #isOver = false;
  #retries = 0;
  #waitedMs = 0;

  /** @param reports Which targets are left out; `undefined` tries them all. */
  constructor(
    parts: TryParts,
    call: Call,
    hold: CallHold,
    route: Route,
    reports: CallReports | undefined,
  ) {
    this.#parts = parts;
    this.#call = call;
    this.#hold = hold;
    this.#route = route;
    this.#hasChoice = route.length > 1;
    this.#reports = this.#hasChoice ? reports : undefined;
    this.#isIdempotent = call.headers.some(([name]) => name === "idempotency-key");
  }

  /** Throws `GatewayError` where no target answers. */
  async answer(): Promise<Reply> {
    try {
      while (this.#next < this.#route.length) {
        const reply = await this.#tryNext(true);
        if (reply !== undefined) return reply;
      }
      return await this.#tryLeftOut() ?? await this.#tryAgain();
    } catch (thrown) {
      this.#reports?.close();
      throw thrown;
    }
  }

  /** `undefined` where the target failed, or none is left. */
  async #tryNext(mayHedge: boolean): Promise<Reply | undefined> {
    const prepared = await this.#prepareNext();
    if (prepared === undefined) return undefined;
    // What is handed through may make something, and would make it twice.
    const hedge = this.#call.handThrough === undefined ? this.#parts.hedge : undefined;
    const hasNext = this.#next < this.#route.length;
    if (!mayHedge || hedge === undefined || !hasNext) return await this.#try(prepared);
    const delayMs = hedge.begin(timedName(this.#call, prepared.target));
    return await (delayMs === undefined ? this.#try(prepared) : this.#tryTwo(prepared, delayMs));
  }

  /** The next target that is neither left out nor refuses the call. */
  async #prepareNext(): Promise<PreparedTarget | undefined> {
    for (let resolve = this.#route[this.#next++]; resolve; resolve = this.#route[this.#next++]) {
      try {
        const resolving = resolve();
        const target = resolving instanceof Promise
          ? await this.#hold.during(resolving)
          : resolving;
        if (this.#admit(target)) return this.#prepare(target);
      } catch (thrown) {
        this.#noteRefusal(thrown);
      }
    }
    return undefined;
  }

  /**
   * Where every target is left out, none is: the one that is due soonest is tried, and after it those
   * that have not asked for a wait themselves.
   */
  async #tryLeftOut(): Promise<Reply | undefined> {
    if (this.#failed.some(({ again }) => again !== undefined)) return undefined;
    const soonestFirst = this.#leftOut.toSorted((left, right) =>
      left.retryAfterMs - right.retryAfterMs
    );
    for (const [index, { resolved, reason }] of soonestFirst.entries()) {
      if (index > 0 && reason === "rate_limited") continue;
      this.#reports?.admitAnyway(resolved);
      const reply = await this.#tryResolved(resolved);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  async #tryResolved(target: Target): Promise<Reply | undefined> {
    let prepared: PreparedTarget;
    try {
      prepared = this.#prepare(target);
    } catch (thrown) {
      this.#noteRefusal(thrown);
      return undefined;
    }
    return await this.#try(prepared);
  }

  /** Throws what is no refusal of this one target. */
  #noteRefusal(thrown: unknown): void {
    const error = toGatewayError(thrown);
    if (!this.#hasChoice || !isRefusedByTarget(error)) throw error;
    this.#failed = [...this.#failed, { error, again: undefined, plan: FINAL }];
  }

  #admit(resolved: Target): boolean {
    const cooling = this.#reports?.admit(resolved);
    if (cooling !== undefined) this.#leftOut.push({ ...cooling, resolved });
    return cooling === undefined;
  }

  #prepare(target: Target): PreparedTarget {
    try {
      return prepareTarget(this.#parts, this.#call, target);
    } catch (thrown) {
      this.#reports?.abandoned(target);
      throw thrown;
    }
  }

  /** `undefined` where the target failed and another may serve the call. */
  async #try(prepared: PreparedTarget): Promise<Reply | undefined> {
    if (this.#isOver) {
      // While the target was looked up, another one answered.
      this.#reports?.abandoned(prepared.target);
      return undefined;
    }
    const attempt = new Attempt(this.#hold);
    const { target } = prepared;
    const name = this.#parts.hedge === undefined ? "" : timedName(this.#call, target);
    this.#running = [...this.#running, { attempt, name, sentMs: this.#parts.clock.nowMs() }];
    this.#explain(prepared);
    try {
      const reply = await prepared.send(attempt);
      this.#reports?.answered(target, reply);
      // Another has answered in the same moment.
      if (this.#isOver) return undefined;
      this.#end(attempt);
      this.#explain(prepared);
      // One that was merely faster takes no conversation away.
      if (this.#failed.length + this.#leftOut.length > 0) target.stoodIn?.();
      return reply;
    } catch (thrown) {
      this.#running = this.#running.filter((other) => other.attempt !== attempt);
      attempt.giveUp();
      if (this.#isOver || this.#hold.reason !== undefined) {
        this.#reports?.abandoned(target);
        if (this.#isOver) return undefined;
        throw this.#hold.reason;
      }
      // Whatever broke because the attempt was aborted broke for the abort's reason.
      this.#noteFailure(prepared, toGatewayError(attempt.signal.reason ?? thrown));
      return undefined;
    }
  }

  /** Tries the next target beside one that is slow. */
  async #tryTwo(prepared: PreparedTarget, delayMs: number): Promise<Reply | undefined> {
    const { clock, hedge } = this.#parts;
    const first = this.#try(prepared);
    const slow = Promise.withResolvers<"slow">();
    const cancelTimer = clock.schedule(delayMs, () => slow.resolve("slow"));
    const early = await Promise.race([first, slow.promise]).finally(cancelTimer);
    if (early !== "slow") return early;
    if (!hedge?.takeExtraCall()) return await first;
    const second = this.#tryNext(false);
    return await Promise.race([first, second]) ?? await first ?? await second;
  }

  async #tryAgain(): Promise<Reply> {
    const { clock } = this.#parts;
    while (true) {
      const failed = this.#soonest();
      if (failed?.again === undefined) throw finalError(this.#failed);
      const waitMs = Math.max(0, failed.again.readyMs - clock.nowMs());
      await this.#hold.wait(waitMs);
      this.#waitedMs += waitMs;
      this.#retries += 1;
      this.#failed = this.#failed.filter((other) => other !== failed);
      const reply = await this.#try(failed.again.prepared);
      if (reply !== undefined) return reply;
    }
  }

  /** The target to be tried again first, where any is. */
  #soonest(): FailedTarget | undefined {
    return this.#failed
      .filter(({ plan, again }) =>
        plan.kind === "retry" && again !== undefined &&
        this.#retries < this.#maxRetries(again.prepared)
      )
      .toSorted((left, right) => (left.again?.readyMs ?? 0) - (right.again?.readyMs ?? 0))[0];
  }

  #maxRetries({ target: { provider } }: PreparedTarget): number {
    return provider.maxRetries ?? this.#parts.retry.maxRetries;
  }

  /** Throws where no other target would serve the call any better. */
  #noteFailure(prepared: PreparedTarget, error: GatewayError): void {
    const { clock, retry, random } = this.#parts;
    const tries = this.#retries + 1;
    const tried = {
      error,
      tries,
      waitedMs: this.#waitedMs,
      isIdempotent: this.#isIdempotent,
      wasUnreachable: this.#unreachable.includes(prepared),
      isOnlyTarget: !this.#hasChoice,
    };
    if (error.kind === "upstream_unreachable") {
      this.#unreachable = [...this.#unreachable, prepared];
    }
    // Whoever waits longer than the call may take is better told now.
    const budgetMs = Math.min(retry.budgetMs, this.#waitedMs + this.#hold.remainingMs);
    const maxRetries = this.#maxRetries(prepared);
    const isGone = this.#call.handThrough?.body.isGone === true;
    const plan = isGone ? FINAL : planRetry(tried, { ...retry, maxRetries, budgetMs }, random);
    this.#reports?.failed(prepared.target, error);
    if (this.#hasChoice) noteFailedTarget(this.#call.trace, prepared.target, error);
    if (isGone || (plan.kind === "give_up" && !mayServeElsewhere(error))) {
      this.#end(undefined);
      throw withRetryAdvice(error, plan);
    }
    const readyMs = clock.nowMs() + (plan.kind === "retry" ? plan.waitMs : 0);
    this.#failed = [...this.#failed, { error, again: { prepared, readyMs }, plan }];
  }

  /** Cancels the tries beside the one that decided the call, if any did. */
  #end(decided: Attempt | undefined): void {
    this.#isOver = true;
    const { clock, hedge } = this.#parts;
    for (const { attempt, name, sentMs } of this.#running) {
      hedge?.note(name, clock.nowMs() - sentMs);
      if (attempt === decided) continue;
      attempt.giveUp();
      attempt.abort(new GatewayError("client_closed", "Another target was faster"));
    }
    this.#running = [];
  }

  #explain({ target, warnings }: PreparedTarget): void {
    this.#call.trace.upstream = target.provider.name;
    this.#call.trace.warnings = warnings;
  }
}
