/** Names of header fields in lower case, and what the server has to do with them. */

import { malformedRequest } from "../refusals.ts";

/** What a field means to the server itself. */
export type FieldRole =
  | "content_length"
  | "transfer_encoding"
  | "connection"
  | "host"
  | "expect"
  | undefined;

interface FieldName {
  readonly name: string;
  readonly role: FieldRole;
}

const ROLES: Readonly<Record<string, FieldRole>> = {
  "content-length": "content_length",
  "transfer-encoding": "transfer_encoding",
  "connection": "connection",
  "host": "host",
  "expect": "expect",
};

/** Looked up as they are written: a name in lower case is a string of its own, which costs 100 ns each time. */
const USUAL_NAMES = [
  ...Object.keys(ROLES),
  "accept",
  "accept-encoding",
  "accept-language",
  "anthropic-version",
  "authorization",
  "content-type",
  "cookie",
  "forwarded",
  "idempotency-key",
  "keep-alive",
  "origin",
  "priority",
  "referer",
  "sec-fetch-mode",
  "traceparent",
  "user-agent",
  "via",
  "x-api-key",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-port",
  "x-forwarded-proto",
  "x-real-ip",
  "x-request-id",
  "x-stainless-arch",
  "x-stainless-lang",
  "x-stainless-os",
  "x-stainless-package-version",
  "x-stainless-retry-count",
  "x-stainless-runtime",
  "x-stainless-runtime-version",
  "x-stainless-timeout",
];

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const AS_WRITTEN = new Map<string, FieldName>();
for (const name of USUAL_NAMES) {
  const field = { name, role: ROLES[name] };
  const inTitleCase = name.replace(/(?<=^|-)[a-z]/g, (letter) => letter.toUpperCase());
  AS_WRITTEN.set(name, field).set(inTitleCase, field);
}

/** Throws `GatewayError` for what is no name, such as one with a space before its colon. */
export function fieldNameOf(written: string): FieldName {
  const known = AS_WRITTEN.get(written);
  if (known !== undefined) return known;
  if (!TOKEN.test(written)) throw malformedRequest("it has a malformed header field");
  const name = written.toLowerCase();
  return AS_WRITTEN.get(name) ?? { name, role: undefined };
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
