/**
 * The life of a call, top to bottom: admitted, reserved, given a slot, routed, tried, relayed, settled.
 *
 * Whatever becomes of it, it has one outcome, and all who keep books on calls are told that one.
 *
 * @module
 */

import {
  type Call,
  type CallSpan,
  type Exchange,
  type FinishedCall,
  finishedCall,
  type Reply,
  type Reservation,
} from "../core/call.ts";
import type { Cooldown } from "../core/provider/cooldown.ts";
import { type GatewayError, toGatewayError } from "../core/gateway_error.ts";
import { AnswerHeaders } from "../core/http/answer_headers.ts";
import { type Cost, NO_COST } from "../core/ledger/call_record.ts";
import { failedOutcome, type Outcome } from "../core/outcome.ts";
import type { Route } from "../core/provider/provider.ts";
import type { ActiveCalls } from "./active_calls.ts";
import { CallHold } from "./tries/call_hold.ts";
import { CallTries, type TryParts } from "./tries/call_tries.ts";
import { isUnsupported } from "./tries/sending/prepared_target.ts";
import { CallReports } from "./tries/target_reports.ts";

export interface ExchangeParts {
  /** Begins its trace; `undefined` where nobody exports traces. */
  readonly trace: ((call: Call) => CallSpan) | undefined;
  /** Throws `forbidden` where the caller may not call the model. */
  readonly admit: (call: Call) => void;
  /** Throws `rate_limited` where a limit has no room for it; `undefined` where none counts it. */
  readonly reserve: (call: Call) => Reservation | undefined | Promise<Reservation>;
  /** Waits for its turn. Throws where there is none in time. */
  readonly takeSlot: (call: Call) => ReleaseSlot | Promise<ReleaseSlot>;
  /** Routes it, tries its targets and relays the answer. */
  readonly answer: Exchange;
  /** What becomes of a finished call: a log line, metrics. Must not throw. */
  readonly record: (call: FinishedCall, outcome: Outcome, cause?: unknown) => void;
}

export type ReleaseSlot = () => void;

/** Rejects with `GatewayError` where no answer has begun. */
export function createExchange(parts: ExchangeParts): Exchange {
  const { trace, admit, reserve, takeSlot, answer, record } = parts;
  return async (call) => {
    // Not the call, of which a stream must keep nothing: its body may be large.
    const finished = finishedCall(call);
    const span = trace?.(call);
    let reservation: Reservation | undefined;
    let releaseSlot: ReleaseSlot | undefined;
    const settle = (outcome: Outcome, cause?: unknown): void => {
      releaseSlot?.();
      reservation?.settle(outcome);
      span?.end(outcome);
      const { trace } = finished;
      const note = () => record(finished, withCost(outcome, trace.cost), cause);
      if (trace.pricing === undefined) note();
      else trace.pricing.then(note);
    };
    try {
      admit(call);
      const reserving = reserve(call);
      reservation = reserving instanceof Promise ? await reserving : reserving;
      const taking = takeSlot(call);
      releaseSlot = taking instanceof Promise ? await taking : taking;
      const reply = await (span === undefined ? answer(call) : span.run(() => answer(call)));
      reply.outcome.then(settle);
      return reply;
    } catch (thrown) {
      const error = toGatewayError(thrown);
      const status = call.formats.error.statusOf?.(error) ?? error.status;
      settle(failedOutcome(error, status), error.cause);
      throw error;
    }
  };
}

/** Nothing was charged where nothing was sent; what several calls share is one call's. */
function withCost(outcome: Outcome, cost: Cost = NO_COST): Outcome {
  return outcome.cost === undefined ? { ...outcome, cost } : outcome;
}

export interface AnswerParts extends TryParts {
  /** Where a model is served. */
  readonly route: (call: Call) => Route;
  /** Which targets are left out; `undefined` tries them all. */
  readonly cooldown: Cooldown | undefined;
  readonly active: ActiveCalls;
}

/** The middle of the exchange: sends a call to its targets, again where that may help, until there is a reply. */
export function createAnswer(parts: AnswerParts): Exchange {
  const { clock, relay, active, cooldown } = parts;
  return async (call): Promise<Reply> => {
    const hold = new CallHold(call, clock, relay.totalTimeoutMs, active);
    try {
      const route = parts.route(call);
      // A count of tokens, or an API that a target may not have, tells nothing of how it answers.
      const tells = call.operation !== "count_tokens" && call.operation !== "hand_through";
      const reports = cooldown && tells ? new CallReports(cooldown, clock) : undefined;
      return await new CallTries(parts, call, hold, route, reports).answer();
    } catch (thrown) {
      hold.release();
      return ownReply(call, clock.nowMs(), toGatewayError(thrown));
    }
  };
}

/** Weir's own answer where the call has one for such a failure; throws the failure where not. */
function ownReply(call: Call, nowMs: number, error: GatewayError): Reply {
  const { ownAnswer, trace, arrivedMs } = call;
  if (ownAnswer === undefined || !isUnsupported(error)) throw error;
  const { body, headers, warning } = ownAnswer();
  trace.warnings = [...trace.warnings, warning];
  trace.headers = [...trace.headers ?? [], ...headers];
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  const answer = {
    status: 200,
    headers: new AnswerHeaders([["content-type", "application/json"]]),
    body: bytes,
  };
  const firstTokenMs = nowMs - arrivedMs;
  const outcome: Outcome = { kind: "complete", status: 200, bytes: bytes.length, firstTokenMs };
  return { answer, outcome: Promise.resolve(outcome) };
}
