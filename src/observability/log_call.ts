/** The lines of the log about calls and other requests. */

import type { FinishedCall } from "../core/call.ts";
import type { Random } from "../core/clock.ts";
import type { Outcome } from "../core/outcome.ts";
import { type Log, type LogFields, OFF } from "./log.ts";

/** Of names that clients and upstreams choose. */
const MAX_NAME_CHARACTERS = 200;

export interface CallLogParts {
  readonly log: Log;
  /** Share of complete calls that are written, 0 to 1. */
  readonly sample: number;
  readonly random: Random;
}

/** Writes one line for one finished call; `cause` is what lay below its failure. */
export type LogCall = (
  call: FinishedCall,
  outcome: Outcome,
  durationMs: number,
  cause: unknown,
) => void;

export function createLogCall({ log, sample, random }: CallLogParts): LogCall {
  return (call, outcome, durationMs, cause) => {
    const { kind } = outcome;
    const write = kind === "internal_error" ? log.error : log.info;
    if (write === OFF) return;
    // An answer that something may be lacking of is told of always.
    const isPlain = kind === "complete" && outcome.code === undefined &&
      outcome.assumedEnd === undefined;
    if (isPlain && sample < 1 && random() >= sample) return;
    log.later(() => write("call", fieldsOf(call, outcome, durationMs, cause)));
  };
}

function fieldsOf(
  { id, principal, surface, model, wantsStream, trace }: FinishedCall,
  outcome: Outcome,
  durationMs: number,
  cause: unknown,
): LogFields {
  const { kind, usage, servedModel } = outcome;
  return {
    request_id: id,
    trace_id: trace.traceId,
    principal: principal.name,
    surface,
    upstream: trace.upstream,
    model: model.slice(0, MAX_NAME_CHARACTERS),
    served_model: servedModel?.slice(0, MAX_NAME_CHARACTERS),
    stream: wantsStream,
    status: outcome.status,
    outcome: kind,
    code: outcome.code,
    attempts: trace.attempts,
    failed_targets: trace.failedTargets?.join(", "),
    finish_reason: outcome.finishReason,
    assumed_end: outcome.assumedEnd,
    malformed_events: outcome.malformedEvents,
    queue_ms: rounded(trace.queuedMs),
    overhead_us: trace.overheadMs === undefined ? undefined : Math.round(trace.overheadMs * 1000),
    first_token_ms: rounded(outcome.firstTokenMs),
    duration_ms: rounded(durationMs),
    input_tokens: usage?.inputTokens,
    output_tokens: usage?.outputTokens,
    cached_tokens: usage?.cachedInputTokens,
    reasoning_tokens: usage?.reasoningOutputTokens,
    cost: usage?.cost,
    bytes: outcome.bytes,
    cause: kind === "internal_error" ? describe(cause) : reasonOf(cause),
  };
}

/** One line for a request that no call was made of. */
export function logRequest(log: Log, fields: LogFields, cause: unknown): void {
  const isBug = fields.outcome === "internal_error" && cause !== undefined;
  (isBug ? log.error : log.info)("request", {
    ...fields,
    cause: isBug ? describe(cause) : reasonOf(cause),
  });
}

/** What lay below a failure that is not ours, such as what a connection died of. */
function reasonOf(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return (cause instanceof Error ? cause.message : String(cause)).slice(0, 200);
}

/** What was thrown, for the people who run this; the stack says where the bug is. */
function describe(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return (cause instanceof Error ? cause.stack ?? cause.message : String(cause)).slice(0, 4_000);
}

function rounded(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : Math.round(milliseconds * 10) / 10;
}
