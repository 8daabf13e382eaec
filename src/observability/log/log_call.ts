/** The lines of the log about calls and other requests. */

import type { CallTrace, EndedCall, FinishedCall } from "../../core/call.ts";
import type { Random } from "../../core/clock.ts";
import { shownUsd } from "../../core/ledger/call_record.ts";
import type { Outcome, OutcomeKind } from "../../core/outcome.ts";
import { CALL, type LogFields } from "./line_formats.ts";
import { type Log, OFF } from "./log.ts";
import type { ShowFields } from "./redacted_log.ts";
import { thrownMessage } from "../../core/text/thrown_message.ts";

const MAX_WARNING_CHARACTERS = 1_000;
type Ending = Pick<Outcome, "kind" | "status" | "code" | "reason">;

/** How severe an ending is: what the client brought about itself is none of the operator's trouble. */
const LEVELS: Readonly<Record<OutcomeKind, "info" | "warn" | "error">> = {
  complete: "info",
  client_gone: "info",
  refused: "info",
  truncated: "warn",
  upstream_error: "warn",
  timeout: "warn",
  internal_error: "error",
};

function levelOf({ kind, status, code }: Ending): "info" | "warn" | "error" {
  // Somebody asked for the stop; that it cost answers is worth a look.
  if (code === "shutting_down") return "warn";
  // For want of room, which is the operator's to give.
  if (kind === "refused" && status >= 500) return "warn";
  return LEVELS[kind];
}

/** Who keeps calls beside the log. */
export interface CallKeeper {
  readonly epochMs: () => number;
  /** Takes what a line of the log says, whether that is written or not. Must not throw. */
  readonly keep: (ended: EndedCall, fields: LogFields) => void;
}

export interface CallLogParts {
  readonly log: Log;
  /** What of the fields may be shown, where the log itself does not see to that. */
  readonly show?: ShowFields;
  readonly keeper?: CallKeeper;
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

export function createLogCall(parts: CallLogParts): LogCall {
  const { log, keeper, show = (fields) => fields } = parts;
  return (call, outcome, durationMs, cause) => {
    const write = isWritten(parts, outcome) ? log[levelOf(outcome)] : OFF;
    if (write === OFF && keeper === undefined) return;
    const endedMs = keeper?.epochMs() ?? 0;
    log.later(() => {
      const fields = show(fieldsOf(call, outcome, durationMs, cause));
      write(CALL, fields);
      keeper?.keep({ call, outcome, endedMs }, fields);
    });
  };
}

function isWritten({ log, sample, random }: CallLogParts, outcome: Outcome): boolean {
  if (log[levelOf(outcome)] === OFF) return false;
  // An answer that something may be lacking of is told of always.
  const isPlain = outcome.kind === "complete" && outcome.code === undefined &&
    outcome.assumedEnd === undefined;
  return !isPlain || sample >= 1 || random() < sample;
}

function fieldsOf(
  { id, principal, surface, method, path, model, wantsStream, trace }: FinishedCall,
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
    method,
    path,
    upstream: trace.upstream,
    key: trace.key,
    upstream_request_id: trace.upstreamRequestId,
    model: model === "" ? undefined : model,
    served_model: servedModel,
    stream: wantsStream,
    status: outcome.status,
    outcome: kind,
    code: outcome.code,
    reason: outcome.reason,
    attempts: trace.attempts,
    failed_targets: trace.failedTargets?.join(", "),
    warnings: warningsOf(trace.warnings),
    finish_reason: outcome.finishReason,
    assumed_end: outcome.assumedEnd,
    malformed_events: outcome.malformedEvents,
    queue_ms: trace.queuedMs && roundedMs(trace.queuedMs),
    paced_ms: trace.pacedMs && roundedMs(trace.pacedMs),
    overhead_us: trace.overheadMs === undefined ? undefined : Math.round(trace.overheadMs * 1000),
    first_token_ms: outcome.firstTokenMs && roundedMs(outcome.firstTokenMs),
    duration_ms: roundedMs(durationMs),
    input_tokens: usage?.inputTokens,
    output_tokens: usage?.outputTokens,
    cached_tokens: usage?.cachedInputTokens,
    reasoning_tokens: usage?.reasoningOutputTokens,
    cost: shownUsd(outcome.cost?.usd),
    cost_estimated: outcome.cost?.isEstimated === true ? true : undefined,
    guards: guardsOf(trace),
    cache: trace.cache,
    saved_cost: shownUsd(trace.saved?.usd),
    saved_tokens: trace.saved && trace.saved.inputTokens + trace.saved.outputTokens,
    bytes: outcome.bytes,
    cause: causeOf(outcome, cause, trace),
  };
}

/** Such as `pii mask request 2`. */
function guardsOf({ guards = [] }: CallTrace): string | undefined {
  const texts = guards.map(({ guard, action, side, count }) =>
    `${guard} ${action} ${side} ${count}`
  );
  return texts.length === 0 ? undefined : texts.join(", ");
}

function warningsOf(warnings: readonly string[]): string | undefined {
  return warnings.length === 0 ? undefined : warnings.join("; ").slice(0, MAX_WARNING_CHARACTERS);
}

/** One line for a request that no call was made of: answered or refused by Weir itself. */
export function logRequest(
  log: Log,
  fields: LogFields,
  ended: Ending,
  cause: unknown,
): void {
  log[levelOf(ended)]("request", { ...fields, cause: causeOf(ended, cause, undefined) });
}

/** What lay below an ending: its own cause, else what the last request upstream failed for. */
function causeOf(
  { kind, reason }: Ending,
  cause: unknown,
  trace: CallTrace | undefined,
): string | undefined {
  const own = kind === "internal_error" ? describe(cause) : reasonOf(cause);
  if (own !== undefined || trace?.lastFailure === undefined) return own;
  // It is how the call ended, and said so already.
  return reason !== undefined && trace.lastFailure.includes(reason) ? undefined : trace.lastFailure;
}

/** What lay below a failure that is not ours, such as what a connection died of. */
export function reasonOf(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return thrownMessage(cause);
}

/** What was thrown, for the people who run this; the stack says where the bug is. */
function describe(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? cause.stack ?? cause.message : String(cause);
}

/** To a tenth, as lines of the log tell times. */
export function roundedMs(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
