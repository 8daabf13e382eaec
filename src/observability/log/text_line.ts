/**
 * Lines for people. A call is one: when, how it ended, what it took and, where it failed, why.
 *
 * `09:12:04+01:00 200 gpt-5 openai 812 ms 12+34 tokens $0.00012 complete`
 *
 * @module
 */

import {
  CALL,
  type FormatLine,
  jsonOf,
  type LogFields,
  type LogRecord,
  PLAIN,
  SHOWN_LEVELS,
} from "./line_formats.ts";

const MINUTES_PER_HOUR = 60;
const MS_PER_MINUTE = 60_000;

/** Colours of the terminal by how a call ended: what somebody has to look at stands out. */
const COLORS: Readonly<Record<string, number>> = {
  complete: 32,
  client_gone: 90,
  refused: 33,
  truncated: 33,
  timeout: 31,
  upstream_error: 31,
  internal_error: 31,
};
const NO_COLOR = 0;

/**
 * How many minutes local time is ahead of UTC at a moment.
 *
 * It is the machine's, and differs within a year.
 */
export type OffsetMinutes = (epochMs: number) => number;

/** `09:12:04+01:00`, to the second; `withMs` adds the milliseconds. */
function localTime(epochMs: number, offset: OffsetMinutes, withMs = false): string {
  const minutes = offset(epochMs);
  const text = new Date(epochMs + minutes * MS_PER_MINUTE).toISOString();
  return text.slice(11, withMs ? 23 : 19) + zoneOf(minutes);
}

function zoneOf(minutes: number): string {
  const ahead = Math.abs(minutes);
  const hours = String(Math.floor(ahead / MINUTES_PER_HOUR)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${hours}:${String(ahead % MINUTES_PER_HOUR).padStart(2, "0")}`;
}

/** A call is a line of its own form; else it is `12:04:05.123+01:00 INFO reloaded config=weir.jsonc ...`. */
export function createTextLine(hasColor: boolean, offset: OffsetMinutes): FormatLine {
  return (record) => {
    const { epochMs, level, message, fields } = record;
    if (message === CALL) return `${callLine(record, offset, hasColor)}\n`;
    const { name, color } = SHOWN_LEVELS[level];
    const at = localTime(epochMs, offset, true);
    const start = hasColor
      ? `\u001b[2m${at}\u001b[0m \u001b[1m\u001b[${color}m${name}\u001b[0m`
      : `${at} ${name}`;
    return `${start} ${message}${textOfAll(fields)}\n`;
  };
}

/** The line of a call, without its end. */
function callLine(
  { epochMs, fields }: LogRecord,
  offset: OffsetMinutes,
  hasColor: boolean,
): string {
  const color = COLORS[String(fields.outcome)] ?? NO_COLOR;
  const facts = [
    fields.status,
    fields.model,
    fields.upstream,
    `${Math.round(Number(fields.duration_ms ?? 0))} ms`,
    tokensOf(fields),
    costOf(fields),
    fields.outcome,
    ...(Number(fields.attempts) > 1 ? [`${fields.attempts} attempts`] : []),
  ].filter((fact) => fact !== undefined).map((fact) => shownText(String(fact))).join(" ");
  const at = localTime(epochMs, offset);
  const why = reasonOf(fields);
  const told = why === undefined ? "" : ` ${shownText(why)}`;
  if (!hasColor) return `${at} ${facts}${told}`;
  return `\u001b[2m${at}\u001b[0m \u001b[${color}m${facts}\u001b[0m${told}`;
}

function tokensOf({ input_tokens: input, output_tokens: output }: LogFields): string | undefined {
  return input === undefined && output === undefined
    ? undefined
    : `${input ?? 0}+${output ?? 0} tokens`;
}

/** Two digits that tell something, however little it is; not by the locale, whose tables take 0.2 s to load. */
function costOf({ cost, cost_estimated: isEstimated }: LogFields): string | undefined {
  if (typeof cost !== "number") return undefined;
  const decimals = cost > 0 && cost < 1 ? Math.min(12, 1 - Math.floor(Math.log10(cost))) : 2;
  return `${isEstimated === true ? "~" : ""}$${cost.toFixed(decimals)}`;
}

/** In the provider's words where there are any; and what lay below, where that says more. */
function reasonOf(
  { outcome, code, reason, cause, request_id: id, warnings }: LogFields,
): string | undefined {
  if (outcome === "complete" && code === undefined) {
    return warnings === undefined ? undefined : `(${warnings})`;
  }
  const words = [reason ?? code, cause === undefined ? undefined : `(${cause})`]
    .filter((part) => part !== undefined).join(" ");
  return `${words} [${id}]`;
}

/** A text within a line, where quotes would only be in the way of its reader. */
function shownText(text: string): string {
  return jsonOf(text).slice(1, -1).replaceAll('\\"', '"');
}

function textOfAll(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${textOf(value)}`)
    .join("");
}

function textOf(value: unknown): string {
  return typeof value === "string" && PLAIN.test(value) ? value : jsonOf(value);
}
