/**
 * What the head of an answer says: its status, its fields, and where its body ends.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#name-message-body-length}
 * @module
 */

import type { HeaderList } from "../../core/provider/transport.ts";
import { invalidResponse } from "../failures.ts";
import { parseFields } from "../../framing/http1/header_block.ts";

/** Where a body ends. No body is a length of 0. */
export type Framing =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until_close" };

export interface ResponseHead {
  readonly status: number;
  /** Names in lower case, in the order they came. */
  readonly fields: HeaderList;
  readonly contentEncoding: string | undefined;
  readonly framing: Framing;
  /** `Content-Length`, which an answer without a body may have as well. */
  readonly lengthBytes: number | undefined;
  /** Whether the connection may carry another request. */
  readonly keepsAlive: boolean;
  /** How long the server says that it keeps the connection open without one. */
  readonly keepAliveMs: number | undefined;
}

/** Any reason, or none and no space before it, as some servers have it. */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5][0-9]{2})(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const KEEP_ALIVE_TIMEOUT = /(?:^|[,\s])timeout=([0-9]{1,6})(?:$|[,;\s])/i;
/** 15 digits are safe integers, all of them. */
const CONTENT_LENGTH = /^[0-9]{1,15}$/;

/**
 * Reads the complete text of a head, the answer to a request with `method`.
 *
 * Throws `upstream_invalid_response` for all that two readers could understand differently.
 */
export function parseResponseHead(text: string, method: string, maxHeaders: number): ResponseHead {
  const lines = text.split("\r\n");
  const statusLine = STATUS_LINE.exec(lines[0] ?? "");
  if (statusLine === null) throw invalidResponse("it does not begin with an HTTP status line");
  const isHttp10 = statusLine[1] === "0";
  const status = Number(statusLine[2]);
  const fields = parseFields(lines, 1, maxHeaders, invalidResponse);

  let contentLength: string | undefined;
  let transferEncoding: string | undefined;
  let contentEncoding: string | undefined;
  let connection = "";
  let keepAlive = "";
  for (const [name, value] of fields) {
    if (name === "content-length") contentLength = sameLength(contentLength, value);
    else if (name === "transfer-encoding") transferEncoding = joined(transferEncoding, value);
    else if (name === "content-encoding") contentEncoding = joined(contentEncoding, value);
    else if (name === "connection") connection = joined(connection, value);
    else if (name === "keep-alive") keepAlive = value;
  }
  const framing = framingOf(method, status, isHttp10, contentLength, transferEncoding);
  const keepsAlive = framing.kind !== "until_close" && isPersistent(connection, isHttp10);
  const timeout = KEEP_ALIVE_TIMEOUT.exec(keepAlive)?.[1];
  const keepAliveMs = timeout === undefined ? undefined : Number(timeout) * 1_000;
  const lengthBytes = contentLength === undefined ? undefined : Number(contentLength);
  return { status, fields, contentEncoding, framing, lengthBytes, keepsAlive, keepAliveMs };
}

function framingOf(
  method: string,
  status: number,
  isHttp10: boolean,
  contentLength: string | undefined,
  transferEncoding: string | undefined,
): Framing {
  if (transferEncoding !== undefined) {
    if (contentLength !== undefined) {
      throw invalidResponse("it has both Content-Length and Transfer-Encoding");
    }
    if (isHttp10 || !isChunked(transferEncoding)) {
      throw invalidResponse("it has a transfer encoding other than chunked");
    }
  }
  const hasNoBody = method === "HEAD" || status < 200 || status === 204 || status === 304 ||
    (method === "CONNECT" && status < 300);
  if (hasNoBody) return { kind: "length", bytes: 0 };
  if (transferEncoding !== undefined) return { kind: "chunked" };
  if (contentLength !== undefined) return { kind: "length", bytes: Number(contentLength) };
  return { kind: "until_close" };
}

/** Proxies that pass the field on and add their own make it two; the body is chunked once. */
export function isChunked(transferEncoding: string): boolean {
  return transferEncoding.split(",").every((coding) => coding.trim().toLowerCase() === "chunked");
}

/** A length may be repeated, as fields or as a list; a second one that differs is an attack. */
function sameLength(known: string | undefined, value: string): string {
  for (const part of value.split(",")) {
    const length = part.trim();
    if (!CONTENT_LENGTH.test(length)) throw invalidResponse("its Content-Length is not a number");
    if (known !== undefined && known !== length) {
      throw invalidResponse("it has several Content-Lengths");
    }
    known = length;
  }
  // `split` yields at least one part.
  return known as string;
}

function joined(known: string | undefined, value: string): string {
  return known === undefined || known === "" ? value : `${known},${value}`;
}

function isPersistent(connection: string, isHttp10: boolean): boolean {
  if (connection === "") return !isHttp10;
  const options = connection.toLowerCase().split(",").map((option) => option.trim());
  return !options.includes("close") && (!isHttp10 || options.includes("keep-alive"));
}
