/** A log whose lines hold no secret, whatever text of clients and upstreams is written to it. */

import type { Redact } from "../core/redactor.ts";
import { type Log, type LogFields, OFF, type WriteLine } from "./log.ts";

/** Fields that hold Weir's own words or the operator's names. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "outcome",
  "principal",
  "surface",
  "trace_id",
  "upstream",
]);

export function redactedLog(log: Log, redact: Redact): Log {
  const redacted = (write: WriteLine): WriteLine => {
    if (write === OFF) return OFF;
    return (message, fields) => write(message, fields && redactFields(fields, redact));
  };
  return {
    debug: redacted(log.debug),
    info: redacted(log.info),
    warn: redacted(log.warn),
    error: redacted(log.error),
    later: log.later,
  };
}

function redactFields(fields: LogFields, redact: Redact): LogFields {
  let redacted: Record<string, LogFields[string]> | undefined;
  // Not `Object.entries`, which makes a list for each of the many fields of a call.
  for (const name in fields) {
    const value = fields[name];
    if (typeof value !== "string" || OWN_FIELDS.has(name)) continue;
    const shown = redact(value);
    if (shown !== value) (redacted ??= { ...fields })[name] = shown;
  }
  return redacted ?? fields;
}
