/**
 * The tries of one call: each of its targets once, in order and without waiting; then again, those that
 * may answer a repetition, after the waits of the retry policy. Only until there is any output (T16).
 *
 * @module
 */

import type { Call, Reply } from "../../core/call.ts";
import type { Random } from "../../core/clock.ts";
import { GatewayError, toGatewayError } from "../../core/gateway_error.ts";
import type { HeldBack } from "../../core/provider/pacing.ts";
import type { Route, Target } from "../../core/provider/provider.ts";
import { Attempt } from "./attempt.ts";
import type { CallHold } from "./call_hold.ts";
import { isRefusedByTarget, mayServeElsewhere } from "./fail_over.ts";
import { type FailedTarget, finalError, noteFailedTarget, soonestOf } from "./failed_target.ts";
import type { Hedge } from "./hedge.ts";
import { KeyTries } from "./keys/key_tries.ts";
import type { SendParts } from "./sending/described_call.ts";
import { type PreparedTarget, prepareTarget } from "./sending/prepared_target.ts";
import { heldBack, takeKeyedTurn, type TurnParts } from "./take_turn.ts";
import { outrun, RunningTries } from "./running_tries.ts";
import { PassedOver } from "./passed_over.ts";
import { FINAL, planRetry, type RetryOptions, withRetryAdvice } from "./retry.ts";
import { type CallReports, timedName } from "./target_reports.ts";

export interface TryParts extends SendParts, TurnParts {
  readonly retry: RetryOptions;
  /** `undefined` asks one target at a time. */
  readonly hedge: Hedge | undefined;
  readonly random: Random;
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
  readonly #passedOver = new PassedOver();
  /** Targets that could not be reached. */
  #unreachable: readonly PreparedTarget[] = [];
  readonly #running: RunningTries;
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
    this.#running = new RunningTries(parts.clock, parts.hedge);
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
      return await this.#tryFull() ?? await this.#tryLeftOut() ?? await this.#tryAgain();
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
        const found = resolve();
        const target = found instanceof Promise ? await this.#hold.during(found) : found;
        if (this.#admit(target)) return this.#prepare(target);
      } catch (thrown) {
        this.#noteRefusal(thrown);
      }
    }
    return undefined;
  }

  /** Waits for those that had no room, where no other has answered. */
  async #tryFull(): Promise<Reply | undefined> {
    for (const prepared of this.#passedOver.full) {
      const reply = await this.#try(prepared, this.#patienceMs);
      if (reply !== undefined) return reply;
    }
    return undefined;
  }

  /** Where every target is left out, none is. */
  async #tryLeftOut(): Promise<Reply | undefined> {
    if (this.#failed.some(({ again }) => again !== undefined)) return undefined;
    for (const target of this.#passedOver.leftOut) {
      this.#reports?.admitAnyway(target);
      const reply = await this.#tryResolved(target);
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
    return await this.#try(prepared, this.#patienceMs);
  }

  /** Throws what is no refusal of this one target. */
  #noteRefusal(thrown: unknown): void {
    const error = toGatewayError(thrown);
    if (!this.#hasChoice || !isRefusedByTarget(error)) throw error;
    this.#failed = [...this.#failed, { error, again: undefined, plan: FINAL }];
  }

  #admit(resolved: Target): boolean {
    const cooling = this.#reports?.admit(resolved);
    if (cooling !== undefined) this.#passedOver.leaveOut(resolved, cooling);
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

  /**
   * `undefined` where the target failed, or has no room in time, and another may serve the call.
   *
   * @param maxWaitMs For its turn; a target that has alternatives is not waited for at first.
   */
  async #try(
    prepared: PreparedTarget,
    maxWaitMs = this.#hasChoice ? 0 : this.#patienceMs,
  ): Promise<Reply | undefined> {
    const { target } = prepared;
    const keys = new KeyTries(this.#parts.keys, target, this.#parts.clock);
    const taking = takeKeyedTurn(this.#parts, this.#call, target, keys, this.#hold, maxWaitMs);
    const turn = taking instanceof Promise ? await taking : taking;
    if (turn?.kind === "held") return void this.#noteFull(prepared, turn, maxWaitMs);
    // While the target was looked up, another one answered.
    if (this.#isOver) {
      turn?.failed(outrun());
      return void this.#reports?.abandoned(target);
    }
    const attempt = new Attempt(this.#hold);
    this.#running.add(attempt, this.#call, target);
    this.#explain(prepared);
    try {
      const reply = await prepared.send(attempt, keys, turn);
      this.#reports?.answered(target, reply);
      // Another has answered in the same moment.
      if (this.#isOver) return undefined;
      this.#end(attempt);
      this.#explain(prepared);
      // One that was merely faster takes no conversation away.
      if (this.#failed.length > 0 || !this.#passedOver.isEmpty) target.stoodIn?.();
      return reply;
    } catch (thrown) {
      this.#running.remove(attempt);
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
    while (true) {
      const mayRetry = (tried: PreparedTarget) => this.#retries < this.#maxRetries(tried);
      const failed = soonestOf(this.#failed, mayRetry);
      if (failed?.again === undefined) throw finalError(this.#failed);
      const waitMs = Math.max(0, failed.again.readyMs - this.#parts.clock.nowMs());
      await this.#hold.wait(waitMs);
      this.#waitedMs += waitMs;
      this.#retries += 1;
      this.#failed = this.#failed.filter((other) => other !== failed);
      const reply = await this.#try(failed.again.prepared, this.#patienceMs);
      if (reply !== undefined) return reply;
    }
  }

  #maxRetries({ target: { provider } }: PreparedTarget): number {
    return provider.maxRetries ?? this.#parts.retry.maxRetries;
  }

  /** What is left of the time for waiting; never nothing, which would mean that another target can be asked. */
  get #patienceMs(): number {
    const { budgetMs } = this.#parts.retry;
    return Math.max(1, Math.min(budgetMs - this.#waitedMs, this.#hold.remainingMs));
  }

  #noteFull(prepared: PreparedTarget, held: HeldBack, maxWaitMs: number): void {
    this.#reports?.abandoned(prepared.target);
    if (this.#hasChoice && maxWaitMs === 0) {
      return this.#passedOver.addFull(prepared, held.waitMs);
    }
    const error = heldBack(prepared.target, held);
    if (!this.#hasChoice) throw error;
    this.#failed = [...this.#failed, { error, again: undefined, plan: FINAL }];
  }

  /** Throws where no other target would serve the call any better. */
  #noteFailure(prepared: PreparedTarget, error: GatewayError): void {
    const { clock, retry, random } = this.#parts;
    const tried = {
      error,
      tries: this.#retries + 1,
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
    // A second request that may not be paid for is no reason to give up the first.
    const isSpare = error.kind === "budget_exceeded" && !this.#running.isEmpty;
    if (isGone || (plan.kind === "give_up" && !isSpare && !mayServeElsewhere(error))) {
      this.#end(undefined);
      throw withRetryAdvice(error, plan);
    }
    const readyMs = clock.nowMs() + (plan.kind === "retry" ? plan.waitMs : 0);
    this.#failed = [...this.#failed, { error, again: { prepared, readyMs }, plan }];
  }

  /** @param decided The one that decided the call, if any did. */
  #end(decided: Attempt | undefined): void {
    this.#isOver = true;
    this.#running.end(decided);
  }

  #explain({ target, warnings }: PreparedTarget): void {
    this.#call.trace.upstream = target.provider.name;
    this.#call.trace.warnings = warnings();
  }
}
