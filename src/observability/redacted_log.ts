/** A log whose lines hold no secret, whatever text of clients and upstreams is written to it. */

import type { Redact } from "../core/redactor.ts";
import type { Log, LogFields } from "./log.ts";

/** Fields that hold Weir's own words or the operator's names. */
const OWN_FIELDS: ReadonlySet<string> = new Set([
  "method",
  "outcome",
  "principal",
  "surface",
  "upstream",
]);

export function redactedLog(log: Log, redact: Redact): Log {
  return {
    debug: (message, fields) => log.debug(message, fields && redactFields(fields, redact)),
    info: (message, fields) => log.info(message, fields && redactFields(fields, redact)),
    warn: (message, fields) => log.warn(message, fields && redactFields(fields, redact)),
    error: (message, fields) => log.error(message, fields && redactFields(fields, redact)),
  };
}

function redactFields(fields: LogFields, redact: Redact): LogFields {
  let redacted: Record<string, LogFields[string]> | undefined;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value !== "string" || OWN_FIELDS.has(name)) continue;
    const shown = redact(value);
    if (shown !== value) (redacted ??= { ...fields })[name] = shown;
  }
  return redacted ?? fields;
}
