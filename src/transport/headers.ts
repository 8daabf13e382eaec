/**
 * Which headers cross between Weir and an upstream, each way.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import { KnownFields, writtenField } from "../core/http/header_field.ts";
import type { HeaderList, HeaderReader } from "../core/provider/transport.ts";

/** Belong to one connection or to a message's framing, which are the transport's own (T45). */
const NEVER_CROSS: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** All but one or two headers of a call are the same in the next. */
const knownFields = new KnownFields();

/**
 * The lines of the headers to send, each with its end: framing taken out, `accept-encoding` always stated.
 *
 * Where the caller says nothing it is `identity`: without the header, a server may choose as it likes.
 * Throws `GatewayError` `invalid_request` for a header that cannot be sent.
 */
export function outgoingFields(headers: HeaderList): string {
  let lines = "";
  let hasAcceptEncoding = false;
  for (const [name, value] of headers) {
    const line = knownFields.find(name, value)?.line ?? fieldLine(name, value);
    if (line.startsWith("accept-encoding:")) hasAcceptEncoding = true;
    lines += line;
  }
  return hasAcceptEncoding ? lines : lines + "accept-encoding: identity\r\n";
}

/** Empty where the header never crosses. Throws as `outgoingFields` does. */
export function fieldLine(givenName: string, value: string): string {
  // Lower case is the contract; a second content-length must not depend on that being kept.
  const name = givenName.toLowerCase();
  if (NEVER_CROSS.has(name)) return "";
  const line = writtenField(name, value);
  if (line === undefined) {
    throw new GatewayError(
      "invalid_request",
      `The header ${JSON.stringify(name)} has characters that HTTP headers cannot carry`,
    );
  }
  return knownFields.keep(givenName, { name, value, line }).line;
}

/**
 * The headers to hand on: without those of the hop, those that its `connection` header names
 * (T45), and `content-encoding`, which the transport has undone (T44). Names must be in lower case.
 */
export function incomingHeaders(fields: HeaderList): HeaderReader {
  let nominated: Set<string> | undefined;
  for (const [name, value] of fields) {
    if (name !== "connection") continue;
    nominated ??= new Set();
    for (const option of value.split(",")) nominated.add(option.trim().toLowerCase());
  }
  const headers = new ReadHeaders();
  for (const [name, value] of fields) {
    if (NEVER_CROSS.has(name) || name === "content-encoding" || nominated?.has(name)) continue;
    headers.append(name, value);
  }
  return headers;
}

/** In place of `Headers`, which takes 15 µs to go over six of them, for it sorts and copies them first. */
class ReadHeaders implements HeaderReader {
  readonly #values = new Map<string, string>();

  append(name: string, value: string): void {
    const before = this.#values.get(name);
    this.#values.set(name, before === undefined ? value : `${before}, ${value}`);
  }

  get(name: string): string | null {
    return this.#values.get(name) ?? null;
  }

  [Symbol.iterator](): Iterator<[name: string, value: string]> {
    return this.#values[Symbol.iterator]();
  }
}

/** How a body is packed. */
export type ContentCoding = "identity" | "gzip" | "br" | "other";

/** Reads the `content-encoding` of an answer; several are as good as an unknown one. */
export function contentCodingOf(value: string): ContentCoding {
  const coding = value.trim().toLowerCase();
  if (coding === "" || coding === "identity") return "identity";
  if (coding === "gzip" || coding === "x-gzip") return "gzip";
  return coding === "br" ? "br" : "other";
}
