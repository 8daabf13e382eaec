/** What a line of the log looks like: JSON for machines, text for a person at a terminal. */

import { getAnsiColorFormatter, getTextFormatter, type LogRecord } from "@logtape/logtape";

/** A line, its line end included. */
export type FormatLine = (record: LogRecord) => string;

/**
 * Characters that JSON leaves as they are, and that make a line look like something else: DEL and the C1
 * controls, which terminals take for commands; what ends a line for some readers; what turns the direction
 * of the text or takes no room.
 */
const COMMAND_CHARACTERS =
  /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;
/** A text that needs no quotes between other fields. */
const PLAIN = /^[\w.:\/@+-]+$/;

/** The same form as LogTape's own, flattened, at a quarter of its cost. */
export function jsonLine({ timestamp, level, rawMessage, properties }: LogRecord): string {
  const fields = jsonOf(properties);
  const rest = fields === "{}" ? "}" : `,${fields.slice(1)}`;
  const at = new Date(timestamp).toISOString();
  const name = level === "warning" ? "WARN" : level.toUpperCase();
  return `{"@timestamp":"${at}","level":"${name}","message":${
    jsonOf(rawMessage)
  },"logger":"weir"${rest}\n`;
}

/** `12:04:05.123 INFO call status=200 outcome=complete ...` */
export function createTextLine(hasColor: boolean): FormatLine {
  const createFormatter = hasColor ? getAnsiColorFormatter : getTextFormatter;
  return createFormatter({
    timestamp: "time",
    level: "FULL",
    format: ({ timestamp, level, message, record }) =>
      `${timestamp} ${level} ${message}${fieldsOf(record.properties)}`,
  });
}

/** Severities in the numbers of `syslog`. */
const PRIORITIES: Readonly<Record<LogRecord["level"], number>> = {
  trace: 7,
  debug: 7,
  info: 6,
  warning: 4,
  error: 3,
  fatal: 2,
};

/**
 * `<4>{"@timestamp":...`: the journal takes the number for the line's priority, and takes it off.
 *
 * @see {@link https://www.freedesktop.org/software/systemd/man/252/sd-daemon.html}
 */
export function withPriority(formatLine: FormatLine): FormatLine {
  return (record) => `<${PRIORITIES[record.level]}>${formatLine(record)}`;
}

function fieldsOf(properties: LogRecord["properties"]): string {
  return Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${textOf(value)}`)
    .join("");
}

function textOf(value: unknown): string {
  return typeof value === "string" && PLAIN.test(value) ? value : jsonOf(value);
}

function jsonOf(value: unknown): string {
  return JSON.stringify(value).replace(
    COMMAND_CHARACTERS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
