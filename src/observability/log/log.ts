/**
 * The log: lines on a stream, buffered, off the way of the calls.
 *
 * @module
 */

import { configure, getLogger, type LogRecord, type Sink } from "@logtape/logtape";
import * as z from "zod";
import type { Clock } from "../../core/clock.ts";
import { createTextLine, type FormatLine, jsonLine, withPriority } from "./line_formats.ts";
import { LineWriter } from "./line_writer.ts";

export const logOptions = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe(
    "Least severe line that is written.",
  ),
  format: z.enum(["auto", "json", "text"]).default("auto").describe(
    "JSON, or text for people; `auto` is text on a terminal.",
  ),
  sample: z.number().min(0).max(1).default(1).describe(
    "Share of complete calls that have a line each; every other call has one.",
  ),
}).prefault({});

export type LogOptions = z.infer<typeof logOptions>;

/** Fields of a line. Never a key, a prompt or an answer. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

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

const LEVELS = { debug: "debug", info: "info", warn: "warning", error: "error" } as const;
type Level = keyof typeof LEVELS;
/** Least severe first. */
const ORDER = Object.keys(LEVELS);

const CATEGORY = ["weir"];

/** Lines that wait for a stalled reader at the most, in characters. */
const MAX_PENDING_CHARACTERS = 8_388_608;

/** Opens the log. One per process. `close` writes out what is pending. */
export async function openLog(
  options: LogOptions,
  output: LogOutput,
  clock: Clock,
): Promise<{ readonly log: Log; readonly close: () => Promise<void> }> {
  const format = formatOf(options, output);
  /** When what is written now has happened; `undefined` where that is now. */
  let happenedMs: number | undefined;
  const record = (level: Level, message: string, properties: LogFields = {}): LogRecord => ({
    // LogTape would copy the whole record to put it in.
    category: CATEGORY,
    level: LEVELS[level],
    message: [message],
    rawMessage: message,
    timestamp: happenedMs ?? clock.epochMs(),
    properties,
  });
  const writer = new LineWriter(
    output.stream,
    clock,
    MAX_PENDING_CHARACTERS,
    (lines) => format(record("warn", "log lines lost", { lines })),
  );
  const lines: Sink = (record) => writer.write(format(record));
  // Formats at once, as LogTape's own sinks do that are so marked: without it, each record is copied before.
  Object.defineProperty(lines, Symbol.for("LogTape.sinkSnapshotPolicy.immediate"), { value: true });
  await configure({
    sinks: { lines },
    loggers: [
      { category: CATEGORY, lowestLevel: LEVELS[options.level], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "error", sinks: ["lines"] },
    ],
  });
  const logger = getLogger(CATEGORY);
  const writeAt = (level: Level): WriteLine => {
    if (ORDER.indexOf(level) < ORDER.indexOf(options.level)) return OFF;
    return (message, fields) => logger.emit(record(level, message, fields));
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

function formatOf(
  { format }: LogOptions,
  { isTerminal, hasColor, isJournal }: LogOutput,
): FormatLine {
  const isText = format === "text" || (format === "auto" && isTerminal);
  const formatLine = isText ? createTextLine(hasColor) : jsonLine;
  return isJournal ? withPriority(formatLine) : formatLine;
}
