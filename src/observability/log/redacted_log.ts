/**
 * A log whose lines hold no secret and are of bounded length, whatever text of clients and upstreams is
 * written to it.
 *
 * A text is cut after its secrets were taken out: of a key that was cut before, the rest would pass.
 *
 * @module
 */

import type { Redact } from "../../core/text/redactor.ts";
import type { LogFields } from "./line_formats.ts";
import { type Log, OFF, type WriteLine } from "./log.ts";

/** Fields that hold Weir's own words or the operator's names. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "outcome",
  "principal",
  "surface",
  "trace_id",
  "upstream",
]);

/** Longest text of a field: a stack, or all that is wrong with a configuration. */
const MAX_CHARACTERS = 4_000;
/** Of fields that clients and upstreams choose. */
const MAX_NAME_CHARACTERS = 200;
const MAX_CHARACTERS_OF: ReadonlyMap<string, number> = new Map([
  ["code", MAX_NAME_CHARACTERS],
  ["finish_reason", MAX_NAME_CHARACTERS],
  ["method", MAX_NAME_CHARACTERS],
  ["model", MAX_NAME_CHARACTERS],
  ["path", MAX_NAME_CHARACTERS],
  ["served_model", MAX_NAME_CHARACTERS],
  ["upstream_request_id", MAX_NAME_CHARACTERS],
  ["reason", 500],
]);
/**
 * What is looked through for secrets at the most: a model's name may be as long as a body. So much of it is
 * never written that no part of a secret is left where this cut one.
 */
const MAX_READ_CHARACTERS = 32_768;
const CUT_MARK = "…";

/** Fields that mostly say what they said in the line before. */
const REPEATED_FIELDS: ReadonlySet<string> = new Set([
  "finish_reason",
  "method",
  "model",
  "path",
  "served_model",
]);

/** What a text may show of itself. */
type ShowText = (name: string, value: string) => string;

/** What of fields may be shown: the same object where all of it may. */
export type ShowFields = (fields: LogFields) => LogFields;

export function createShowFields(redact: Redact): ShowFields {
  const show = createShowText(redact);
  return (fields) => redactFields(fields, show);
}

export function redactedLog(log: Log, redact: Redact, show = createShowFields(redact)): Log {
  const redacted = (write: WriteLine): WriteLine => {
    if (write === OFF) return OFF;
    return (message, fields) => write(message, fields && show(fields));
  };
  return {
    debug: redacted(log.debug),
    info: redacted(log.info),
    warn: redacted(log.warn),
    error: redacted(log.error),
    later: log.later,
  };
}

/** To look for secrets takes 0.2 µs for each text, a twentieth of what a call's line takes. */
function createShowText(redact: Redact): ShowText {
  const last = new Map<string, { readonly value: string; readonly shown: string }>();
  return (name, value) => {
    const known = last.get(name);
    if (known?.value === value) return known.shown;
    const shown = bounded(redact(value.slice(0, MAX_READ_CHARACTERS)), name);
    const isShort = value.length <= MAX_NAME_CHARACTERS;
    if (isShort && REPEATED_FIELDS.has(name)) last.set(name, { value, shown });
    return shown;
  };
}

function redactFields(fields: LogFields, show: ShowText): LogFields {
  let redacted: Record<string, LogFields[string]> | undefined;
  // Not `Object.entries`, which makes a list for each of the many fields of a call.
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== "string" || OWN_FIELDS.has(name)) continue;
    const shown = show(name, value);
    if (shown !== value) (redacted ??= { ...fields })[name] = shown;
  }
  return redacted ?? fields;
}

function bounded(text: string, name: string): string {
  // Hardly any is longer than the shortest bound, and this is asked for a dozen fields of each call.
  if (text.length <= MAX_NAME_CHARACTERS) return text;
  const maxCharacters = MAX_CHARACTERS_OF.get(name) ?? MAX_CHARACTERS;
  return text.length <= maxCharacters ? text : text.slice(0, maxCharacters) + CUT_MARK;
}
