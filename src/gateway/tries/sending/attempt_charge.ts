/**
 * The money of one request to a provider: reserved before it is sent, settled once when it is over, and told to
 * its call.
 *
 * @module
 */

import type { Call, CallTrace, HandThrough } from "../../../core/call.ts";
import type { Usage } from "../../../core/chat/chat.ts";
import type { Clock } from "../../../core/clock.ts";
import { type GatewayError, toGatewayError } from "../../../core/gateway_error.ts";
import {
  addCosts,
  type AttemptRecord,
  type Cost,
  MAX_ATTEMPTS_KEPT,
  NO_COST,
} from "../../../core/ledger/call_record.ts";
import type {
  AttemptSpending,
  Prices,
  ReserveMoney,
  Spending,
} from "../../../core/ledger/spending.ts";
import { type Outcome, outcomeKindOf } from "../../../core/outcome.ts";
import type { Operation, Target } from "../../../core/provider/provider.ts";
import type { Attempt, Heard } from "../attempt.ts";
import { type Charge, chargeOf, isFreeOfCharge } from "./charge.ts";
import { usageBeyond } from "../../../core/chat/usage.ts";
import type { Writable } from "../../../core/writable.ts";

/**
 * More of a prompt is reserved than it is thought to have: tokens may be half as long as they usually are, and what
 * is written to a cache costs up to twice as much.
 */
const PROMPT_MARGIN = 2;
const MAX_CAUSE_CHARACTERS = 300;

export interface ChargedRequest {
  readonly spending: Spending;
  readonly call: Call;
  readonly target: Target;
  readonly attempt: Attempt;
  readonly key: string | undefined;
  readonly clock: Clock;
  /** Contained in what its answer will tell. */
  readonly usageBefore: Usage | undefined;
}

/** Reserves it. Throws `budget_exceeded`, and the reason of an abort meanwhile. */
export function reserveCharge(request: ChargedRequest): AttemptCharge | Promise<AttemptCharge> {
  const { spending, call, target } = request;
  const { operation, handThrough } = call;
  const reserve = isFreeOfCharge(operation, makingMethod(handThrough))
    ? undefined
    : spending.reserve?.(call, target);
  return reserve === undefined
    ? new AttemptCharge(request, undefined, spending.estimate(call).input)
    : reserveWith(request, reserve);
}

/** A WebSocket is asked for with `GET`, and makes something all the same. */
function makingMethod(handed: HandThrough | undefined): string | undefined {
  return handed?.socket === undefined ? handed?.method : "POST";
}

async function reserveWith(
  request: ChargedRequest,
  reserve: ReserveMoney,
): Promise<AttemptCharge> {
  const { spending, call, target, attempt } = request;
  if (spending.prices.loading !== undefined) await spending.prices.loading;
  const { input, maxOutput } = spending.estimate(call);
  const inputTokens = PROMPT_MARGIN * input;
  const usage = {
    inputTokens,
    outputTokens: maxOutput,
    totalTokens: inputTokens + maxOutput,
  };
  const maxUsd = spending.prices.usdOf({ target, askedModel: call.model, usage });
  const reserving = reserve(maxUsd);
  const reserved = reserving instanceof Promise ? await reserving : reserving;
  if (attempt.signal.aborted) {
    reserved.settle(NO_COST);
    attempt.throwIfAborted();
  }
  return new AttemptCharge(request, reserved, input);
}

/** From when a request is sent; exactly one of `answered` and `failed` is called, unless it is aborted. */
export class AttemptCharge {
  readonly #spending: Spending;
  readonly #reserved: AttemptSpending | undefined;
  readonly #target: Target;
  readonly #attempt: Attempt;
  readonly #clock: Clock;
  readonly #trace: CallTrace;
  readonly #operation: Operation;
  readonly #method: string | undefined;
  readonly #askedModel: string;
  readonly #key: string | undefined;
  readonly #usageBefore: Usage | undefined;
  readonly #arrivedMs: number;
  #promptTokens: number;
  #isSettled = false;
  /** By the clock. */
  readonly sentMs: number;
  /** Of its answer. */
  status: number | undefined;

  /**
   * @param promptTokens Estimated beforehand: a function that asks later keeps its call, and the body, until the
   * whole heap is collected (D128).
   */
  constructor(
    request: ChargedRequest,
    reserved: AttemptSpending | undefined,
    promptTokens: number,
  ) {
    const { spending, call, target, attempt, key, clock, usageBefore } = request;
    this.#spending = spending;
    this.#reserved = reserved;
    this.#target = target;
    this.#attempt = attempt;
    this.#clock = clock;
    this.#trace = call.trace;
    this.#operation = call.operation;
    this.#method = makingMethod(call.handThrough);
    this.#askedModel = call.model;
    this.#key = key;
    this.#usageBefore = usageBefore;
    this.#arrivedMs = call.arrivedMs;
    this.sentMs = clock.nowMs();
    this.#promptTokens = promptTokens;
    attempt.heard = undefined;
    // So that prices are there when the answer is.
    void spending.prices.loading;
    // At once, because the call that gives up a request may be over before that request knows.
    attempt.signal.addEventListener("abort", this.#onAbort);
  }

  get prices(): Prices {
    return this.#spending.prices;
  }

  /** Its answer has begun, and will end with this outcome. */
  answered(isStreamed: boolean, outcome: Promise<Outcome>): void {
    this.#attempt.signal.removeEventListener("abort", this.#onAbort);
    if (isStreamed && this.#operation === "hand_through") this.#promptTokens = 0;
    outcome.then((ended) => {
      const { kind, usage, finishReason, servedModel, bytes, reason } = ended;
      const heardText = this.#attempt.heard?.heardText;
      const hasOutput = bytes > 0;
      const heard: Writable<Partial<Heard>> = {
        usage,
        finishReason,
        model: servedModel,
        hasOutput,
      };
      if (heardText !== undefined) heard.heardText = heardText;
      const isComplete = kind === "complete";
      const what = this.#attempt.isGivenUp ? "abandoned" : kind;
      this.#settle(what, reason, this.#charge(undefined, isComplete, heard), servedModel);
    });
  }

  /** It failed before any output. */
  failed(error: GatewayError): void {
    this.#attempt.signal.removeEventListener("abort", this.#onAbort);
    this.#fail(error, outcomeKindOf(error));
  }

  readonly #onAbort = (): void => {
    const reason = toGatewayError(this.#attempt.signal.reason);
    this.#fail(reason, this.#attempt.isGivenUp ? "abandoned" : outcomeKindOf(reason));
  };

  #fail(error: GatewayError, outcome: string): void {
    const heard: Partial<Heard> = this.#attempt.heard ?? {};
    this.#settle(outcome, error.message, this.#charge(error, false, heard), heard.model);
  }

  #charge(
    error: GatewayError | undefined,
    isComplete: boolean,
    heard: Partial<Heard>,
  ): Charge {
    return chargeOf({
      operation: this.#operation,
      method: this.#method,
      error,
      isComplete,
      heard,
      promptTokens: this.#promptTokens,
    });
  }

  #settle(
    outcome: string,
    cause: string | undefined,
    charge: Charge,
    servedModel: string | undefined,
  ): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    const endedMs = this.#clock.nowMs();
    const settle = (): void => {
      const cost = this.#costOf(charge, servedModel);
      this.#reserved?.settle(cost);
      this.#note(cost, endedMs, outcome, cause);
    };
    const { loading } = this.#spending.prices;
    if (loading === undefined || charge.kind === "nothing") settle();
    else this.#trace.pricing = loading.then(settle);
  }

  #costOf(charge: Charge, servedModel: string | undefined): Cost {
    if (charge.kind === "nothing") return NO_COST;
    if (charge.kind === "unknown") return { usd: null, isEstimated: false };
    const before = charge.kind === "told" ? this.#usageBefore : undefined;
    const usage = before === undefined ? charge.usage : usageBeyond(charge.usage, before);
    const priced = { target: this.#target, askedModel: this.#askedModel, servedModel, usage };
    const usd = this.#spending.prices.usdOf(priced);
    return { usd, isEstimated: charge.kind === "estimated" && usd !== null };
  }

  #note(cost: Cost, endedMs: number, outcome: string, cause: string | undefined): void {
    const trace = this.#trace;
    trace.cost = trace.cost === undefined ? cost : addCosts(trace.cost, cost);
    const { tries = [] } = trace;
    if (tries.length >= MAX_ATTEMPTS_KEPT) return;
    const record: Writable<AttemptRecord> = {
      provider: this.#target.provider.name,
      model: this.#target.model,
      sentMs: this.sentMs - this.#arrivedMs,
      endedMs: endedMs - this.#arrivedMs,
      outcome,
      cost,
    };
    if (this.#key !== undefined) record.key = this.#key;
    if (this.status !== undefined) record.status = this.status;
    if (cause !== undefined) record.cause = cause.slice(0, MAX_CAUSE_CHARACTERS);
    trace.tries = [...tries, record];
  }
}
