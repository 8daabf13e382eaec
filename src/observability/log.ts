/**
 * The log: JSON lines on a stream, buffered, off the way of the calls.
 *
 * @module
 */

import { configure, getJsonLinesFormatter, getLogger } from "@logtape/logtape";
import { z } from "zod";
import type { FinishedCall } from "../core/call.ts";
import type { Clock } from "../core/clock.ts";
import type { Outcome } from "../core/outcome.ts";
import { LineWriter } from "./line_writer.ts";

export const logOptions = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe(
    "Least severe line that is written.",
  ),
}).prefault({});

export type LogOptions = z.infer<typeof logOptions>;

/** Fields of a line. Never a key, a prompt or an answer. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Log {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}

const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;

/** Lines that wait for a stalled reader at the most, in characters. */
const MAX_PENDING_CHARACTERS = 8_388_608;

/** Opens the log on `stream`. One per process. `close` writes out what is pending. */
export async function openLog(
  options: LogOptions,
  stream: WritableStream<Uint8Array>,
  clock: Clock,
): Promise<{ readonly log: Log; readonly close: () => Promise<void> }> {
  const format = getJsonLinesFormatter({ properties: "flatten" });
  const writer = new LineWriter(
    stream,
    clock,
    MAX_PENDING_CHARACTERS,
    (lines) =>
      `${JSON.stringify({ level: "WARN", message: "log lines lost", logger: "weir", lines })}\n`,
  );
  await configure({
    sinks: { lines: (record) => writer.write(format(record)) },
    loggers: [
      { category: "weir", lowestLevel: LEVELS[options.level], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
  const logger = getLogger("weir");
  return {
    log: {
      debug: (message, fields) => logger.debug(message, fields),
      info: (message, fields) => logger.info(message, fields),
      warn: (message, fields) => logger.warn(message, fields),
      error: (message, fields) => logger.error(message, fields),
    },
    close: () => writer.close(),
  };
}

/** One line for one finished call. */
export function logCall(
  log: Log,
  call: FinishedCall,
  outcome: Outcome,
  durationMs: number,
  cause: unknown,
): void {
  const { kind, usage } = outcome;
  const write = kind === "internal_error" ? log.error : log.info;
  write("call", {
    request_id: call.id,
    principal: call.principal.name,
    surface: call.surface,
    upstream: call.trace.upstream,
    model: call.model.slice(0, 200),
    stream: call.wantsStream,
    status: outcome.status,
    outcome: kind,
    code: outcome.code,
    attempts: call.trace.attempts,
    failed_targets: call.trace.failedTargets?.join(", "),
    finish_reason: outcome.finishReason,
    malformed_events: outcome.malformedEvents,
    first_token_ms: rounded(outcome.firstTokenMs),
    duration_ms: rounded(durationMs),
    input_tokens: usage?.inputTokens,
    output_tokens: usage?.outputTokens,
    bytes: outcome.bytes,
    cause: kind === "internal_error" ? describe(cause) : reasonOf(cause),
  });
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
