/** Decides how an answer ended, from what was seen of it. */

import { isRequestsFault } from "../../core/provider/blame.ts";
import type { StreamProgress } from "../../core/format.ts";
import { GatewayError } from "../../core/gateway_error.ts";
import { type AssumedEnd, type Outcome, outcomeKindOf } from "../../core/outcome.ts";
import type { Redact } from "../../core/text/redactor.ts";
import type { Writable } from "../../core/writable.ts";
import { faultToError } from "./provider_answer.ts";

/**
 * The verdict on a stream whose upstream has ended it properly: `null` when it is complete, else what
 * went wrong.
 *
 * Complete needs a finish reason of every choice: an end mark alone may follow a model that was cut off
 * (T14). The end mark may be missing where every choice has finished in words that are known (T15).
 */
export function judgeStream(
  progress: Readonly<StreamProgress>,
  redact: Redact,
): GatewayError | null {
  const isPaid = progress.hasOutput || (progress.usage?.outputTokens ?? 0) > 0;
  if (progress.fault !== undefined) {
    const fault = isPaid ? { ...progress.fault, mayBePaid: true as const } : progress.fault;
    return faultToError(fault, redact);
  }
  if (progress.hasEnded ? progress.isFinishedByEnd : progress.isFinished) return null;
  const hasFinished = progress.finishReason !== undefined;
  if (!progress.hasOutput && !hasFinished) {
    return new GatewayError(
      "upstream_invalid_response",
      "The upstream's stream ended without any content",
      { code: "empty_response", mayBePaid: isPaid },
    );
  }
  return new GatewayError(
    "upstream_truncated",
    "The upstream's stream ended before its answer was finished",
  );
}

/**
 * The verdict on a stream that broke off or fell silent. Once every choice has finished the answer is
 * whole, and all that can be missing is the end mark and the usage (T15).
 */
export function judgeFailure(
  progress: Readonly<StreamProgress>,
  error: GatewayError,
): GatewayError | null {
  const isLoss = error.kind === "upstream_truncated" || error.kind === "upstream_timeout";
  return isLoss && progress.isFinished ? null : error;
}

/** Why an answer was taken for whole although it ended with this failure. */
export function assumedEndOf({ kind }: GatewayError): AssumedEnd {
  return kind === "upstream_timeout" ? "silence" : "broken_connection";
}

/** What an answer said of itself. */
export type AnswerFacts = Pick<
  StreamProgress,
  "answerId" | "finishReason" | "malformedEvents" | "model" | "usage"
>;

/** How an answer ended. */
export interface AnswerEnding {
  readonly verdict: GatewayError | null;
  /** Counts where the verdict is that it is complete. */
  readonly assumedEnd?: AssumedEnd | undefined;
}

/** Of an answer that is complete but for events that nobody could read: text of it may be lost. */
const MALFORMED_EVENTS = "malformed_events";

/** The outcome of an answer whose client was answered with 200. */
export function answerOutcome(
  progress: Readonly<AnswerFacts>,
  { verdict, assumedEnd }: AnswerEnding,
  bytes: number,
  firstTokenMs: number | undefined,
): Outcome {
  const { finishReason, malformedEvents, usage, model, answerId } = progress;
  const code = verdict?.code ?? (malformedEvents > 0 ? MALFORMED_EVENTS : undefined);
  const outcome: Writable<Outcome> = {
    kind: verdict === null ? "complete" : outcomeKindOf(verdict),
    status: 200,
    bytes,
  };
  if (code !== undefined) outcome.code = code;
  if (verdict !== null) outcome.reason = verdict.message;
  if (verdict !== null && isRequestsFault(verdict)) outcome.isRequestsFault = true;
  if (verdict === null && assumedEnd !== undefined) outcome.assumedEnd = assumedEnd;
  if (finishReason !== undefined) outcome.finishReason = finishReason;
  if (malformedEvents !== 0) outcome.malformedEvents = malformedEvents;
  if (usage !== undefined) outcome.usage = usage;
  if (model !== undefined) outcome.servedModel = model;
  if (answerId !== undefined) outcome.answerId = answerId;
  if (firstTokenMs !== undefined) outcome.firstTokenMs = firstTokenMs;
  return outcome;
}
