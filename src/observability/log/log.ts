/**
 * The log: lines on a stream, buffered, off the way of the calls.
 *
 * @module
 */

import * as z from "zod";
import type { Clock } from "../../core/clock.ts";
import {
  type FormatLine,
  jsonLine,
  LOG_LEVELS,
  type LogFields,
  type LogLevel,
  type LogRecord,
  withPriority,
} from "./line_formats.ts";
import { createTextLine } from "./text_line.ts";
import { LineWriter } from "./line_writer.ts";

export const logOptions = z.strictObject({
  level: z.enum(LOG_LEVELS).default("info").describe(
    "Least severe line that is written.",
  ).meta({ variable: "LOG_LEVEL", needsRestart: true }),
  format: z.enum(["auto", "json", "text"]).default("auto").describe(
    "JSON, or text for people; `auto` is text on a terminal.",
  ).meta({ variable: "LOG_FORMAT", needsRestart: true }),
  sample: z.number().min(0).max(1).default(1).describe(
    "Share of complete calls that have a line each; every other call has one.",
  ).meta({ variable: "LOG_SAMPLE" }),
}).prefault({});

export type LogOptions = z.infer<typeof logOptions>;

export type WriteLine = (message: string, fields?: LogFields) => void;

/** Each level is `OFF` where its lines are not written. */
export interface Log {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
  /**
   * Runs `write` when lines are next written out, at the latest when the log is closed; they have the time
   * of now. It must not throw.
   */
  readonly later: (write: () => void) => void;
}

/** Writes nothing. To be compared with, before fields are put together for nobody. */
export const OFF: WriteLine = (): void => {};

/** Where the lines go. */
export interface LogOutput {
  readonly stream: WritableStream<Uint8Array>;
  readonly isTerminal: boolean;
  /** Whether text may be coloured. */
  readonly hasColor: boolean;
  /** It is read by systemd's journal, which takes a line's severity from its beginning. */
  readonly isJournal: boolean;
}

/** Lines that wait for a stalled reader at the most, in characters. */
const MAX_PENDING_CHARACTERS = 8_388_608;

/** Opens the log. `close` writes out what is pending. */
export function openLog(
  options: LogOptions,
  output: LogOutput,
  clock: Clock,
): { readonly log: Log; readonly close: () => Promise<void> } {
  const format = formatOf(options, output);
  /** When what is written now has happened; `undefined` where that is now. */
  let happenedMs: number | undefined;
  const record = (level: LogLevel, message: string, fields: LogFields = {}): LogRecord => ({
    level,
    message,
    epochMs: happenedMs ?? clock.epochMs(),
    fields,
  });
  const writer = new LineWriter(
    output.stream,
    clock,
    MAX_PENDING_CHARACTERS,
    (lines) => format(record("warn", "log lines lost", { lines })),
  );
  const writeAt = (level: LogLevel): WriteLine => {
    if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(options.level)) return OFF;
    return (message, fields) => writer.write(format(record(level, message, fields)));
  };
  return {
    log: {
      debug: writeAt("debug"),
      info: writeAt("info"),
      warn: writeAt("warn"),
      error: writeAt("error"),
      later: (write) => {
        const nowMs = clock.epochMs();
        writer.defer(() => {
          happenedMs = nowMs;
          write();
          happenedMs = undefined;
        });
      },
    },
    close: () => writer.close(),
  };
}

/** As the machine has it: the variable `TZ`, or its own setting. */
function localOffsetMinutes(epochMs: number): number {
  return -new Date(epochMs).getTimezoneOffset();
}

function formatOf(
  { format }: LogOptions,
  { isTerminal, hasColor, isJournal }: LogOutput,
): FormatLine {
  const isText = format === "text" || (format === "auto" && isTerminal);
  const formatLine = isText ? createTextLine(hasColor, localOffsetMinutes) : jsonLine;
  return isJournal ? withPriority(formatLine) : formatLine;
}
