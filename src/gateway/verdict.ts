/** Decides how an answer ended, from what was seen of it. */

import { isRequestsFault } from "../core/blame.ts";
import type { StreamProgress } from "../core/dialect.ts";
import { GatewayError } from "../core/gateway_error.ts";
import { type Outcome, outcomeKindOf } from "../core/outcome.ts";
import type { Redact } from "../core/redactor.ts";
import { faultToError } from "./upstream_answer.ts";

/**
 * The verdict on a stream whose upstream has ended it properly: `null` when it is complete, else what
 * went wrong.
 *
 * Complete needs a finish reason: an end mark alone may follow a model that was cut off (T14). The
 * end mark may be missing when every choice has finished (T15).
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
  const hasFinished = progress.finishReason !== undefined;
  if (hasFinished && (progress.hasEnded || progress.isFinished)) return null;
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

/** The outcome of a stream whose client was answered with 200. */
export function streamOutcome(
  verdict: GatewayError | null,
  progress: Readonly<StreamProgress>,
  bytes: number,
  firstTokenMs: number | undefined,
): Outcome {
  return {
    kind: verdict === null ? "complete" : outcomeKindOf(verdict),
    status: 200,
    bytes,
    ...(verdict === null ? {} : { code: verdict.code, reason: verdict.message }),
    ...(verdict !== null && isRequestsFault(verdict) ? { isRequestsFault: true } : {}),
    ...(progress.finishReason === undefined ? {} : { finishReason: progress.finishReason }),
    ...(progress.malformedEvents === 0 ? {} : { malformedEvents: progress.malformedEvents }),
    ...(progress.usage === undefined ? {} : { usage: progress.usage }),
    ...(progress.model === undefined ? {} : { servedModel: progress.model }),
    ...(firstTokenMs === undefined ? {} : { firstTokenMs }),
  };
}
