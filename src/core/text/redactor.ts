/**
 * What takes secrets out of text that came from outside.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue, parseJsonObject } from "./json.ts";

/** Returns the text itself where there is nothing to be taken out. */
export type Redact = (text: string) => string;

/** What stands where a secret stood. */
export const REDACTED = "[redacted]";

/** Takes out these values of headers as well, each without the name of its scheme. */
export function redactCredentials(redact: Redact, values: readonly string[]): Redact {
  if (values.length === 0) return redact;
  const secrets = values.map(credentialIn);
  return (text) =>
    redact(secrets.reduce((shown, secret) => shown.replaceAll(secret, REDACTED), text));
}

/** What of a header's value is the secret. */
export function credentialIn(value: string): string {
  return value.replace(/^\w+ +/, "");
}

export interface Redactor {
  /** For the log: without keys, those that are known and what looks like one. */
  readonly forLog: Redact;
  /** For clients, of a header of an answer: without the keys that are known; its form is left alone. */
  readonly forHeader: Redact;
  /** For clients, of an upstream's error: also without the upstreams' hosts, inner addresses and stack traces. */
  readonly forClient: Redact;
  /** For clients, of a page by whoever stood in for the upstream: also without whatever may be a host or a key. */
  readonly forClientOfPage: Redact;
}

/** A redactor to which secrets become known while it is in use. */
export interface LearningRedactor extends Redactor {
  /** Takes out a secret from now on, too. Only the last few are kept: they expire. */
  readonly learn: (secret: string) => void;
}

/**
 * Text as a client may see it: of JSON the values, in which escapes hide nothing; of anything else the
 * text itself. The same text where there is nothing to be taken out.
 */
export function redactText(text: string, redact: Redact): string {
  const json = parseJsonObject(text);
  if (json === undefined) return redactFragment(text, redact);
  const redacted = redactJson(json, redact);
  // A field that comes twice is read once, and both would pass.
  return redacted === json && redact(text) === text ? text : JSON.stringify(redacted);
}

/** Of what is no JSON, or was cut off: what escapes hide is not shown as it is. */
function redactFragment(text: string, redact: Redact): string {
  const shown = redact(text);
  const unescaped = shown.replace(
    /\\u([0-9a-f]{4})/gi,
    (_, code: string) => String.fromCharCode(parseInt(code, 16)),
  ).replaceAll("\\/", "/");
  const plain = redact(unescaped);
  return plain === unescaped ? shown : plain;
}

/** Deeper values of an error are of no use to anyone, and would be walked on the stack. */
const MAX_DEPTH = 64;

/** A body with every text in it redacted, the names of fields as well; the same one where nothing changes. */
export function redactJson(body: JsonObject, redact: Redact): JsonObject {
  const redacted = redactValue(body, redact, 0);
  return isJsonObject(redacted) ? redacted : {};
}

function redactValue(value: JsonValue, redact: Redact, depth: number): JsonValue {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === MAX_DEPTH) return null;
  if (Array.isArray(value)) {
    const items = value.map((item) => redactValue(item, redact, depth + 1));
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value);
  const redacted = entries.map(([name, member = null]): [string, JsonValue] => [
    redact(name),
    redactValue(member, redact, depth + 1),
  ]);
  const isSame = redacted.every(([name, member], index) =>
    name === entries[index]?.[0] && member === entries[index]?.[1]
  );
  return isSame ? value : Object.fromEntries(redacted);
}
