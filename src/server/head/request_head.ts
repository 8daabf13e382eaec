/**
 * What the head of a request says.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112}
 * @module
 */

import {
  codingNotImplemented,
  expectationFailed,
  invalidHost,
  invalidLength,
  invalidMethod,
  malformedRequest,
  methodNotImplemented,
  targetTooLong,
  versionNotSupported,
} from "../refusals.ts";
import { trimmed } from "../../framing/http1/header_block.ts";
import { fieldNameOf, isToken } from "./field_names.ts";
import type { FieldRole } from "./field_names.ts";
import { RequestFields } from "./request_fields.ts";
import { checkHost, parseTarget } from "./request_target.ts";

const DIGIT_0 = 0x30;
const MAX_METHOD_CHARACTERS = 32;
const VERSION_PREFIX = " HTTP/1.";
/** With its last digit. */
const VERSION_CHARACTERS = VERSION_PREFIX.length + 1;
const OTHER_VERSION = / HTTP\/(?!1\.[01]$)[0-9](?:\.[0-9])?$/;
/** 15 digits are safe integers, all of them. */
const CONTENT_LENGTH = /^[0-9]{1,15}$/;

export interface RequestHead {
  readonly method: string;
  /** Path and query, or `*`. */
  readonly target: string;
  /** Empty in HTTP/1.0 without one. */
  readonly host: string;
  readonly headers: RequestFields;
  readonly isHttp10: boolean;
  readonly isChunked: boolean;
  /** Of the body where it is stated. */
  readonly lengthBytes: number | undefined;
  /** The client does not mind another request on the connection. */
  readonly keepsAlive: boolean;
  /** The body is not sent before it is asked for. */
  readonly expectsContinue: boolean;
}

/** The fields that matter to the server itself. */
type OwnFields = Partial<Record<NonNullable<FieldRole>, string>>;

/**
 * Reads the complete text of a head, whose lines end at `lineEnds` with CRLF; the first `lineCount` of
 * those are good. Controls were refused before. Throws `GatewayError`.
 */
export function parseRequestHead(
  text: string,
  lineEnds: ArrayLike<number>,
  lineCount: number,
  maxTargetBytes: number,
): RequestHead {
  const firstEnd = lineEnds[0] ?? 0;
  const methodEnd = text.indexOf(" ");
  const targetEnd = firstEnd - VERSION_CHARACTERS;
  if (targetEnd <= methodEnd || !text.startsWith(VERSION_PREFIX, targetEnd)) {
    throw notARequestLine(text.slice(0, firstEnd));
  }
  const minor = text.charCodeAt(firstEnd - 1) - DIGIT_0;
  if (minor !== 0 && minor !== 1) throw notARequestLine(text.slice(0, firstEnd));
  const method = text.slice(0, methodEnd);
  if (!isToken(method)) throw malformedRequest("its method is no word");
  if (methodEnd > MAX_METHOD_CHARACTERS) throw invalidMethod();
  if (method === "CONNECT") throw methodNotImplemented(method);
  const written = text.slice(methodEnd + 1, targetEnd);
  if (written.length > maxTargetBytes) throw targetTooLong(maxTargetBytes);
  const { target, authority } = parseTarget(method, written);
  const headers = new RequestFields();
  const own: OwnFields = {};
  for (let line = 1; line < lineCount; line++) {
    readField(text, (lineEnds[line - 1] ?? 0) + 2, lineEnds[line] ?? 0, headers, own);
  }
  const isHttp10 = minor === 0;
  // HTTP/1.0 has no other protocol to change to.
  if (isHttp10) headers.delete("upgrade");
  return {
    method,
    target,
    host: hostOf(own.host, authority, isHttp10),
    headers,
    isHttp10,
    ...framingOf(own, isHttp10),
    keepsAlive: isPersistent(own.connection, isHttp10),
    expectsContinue: !isHttp10 && expectsContinue(own.expect),
  };
}

function readField(
  text: string,
  start: number,
  end: number,
  headers: RequestFields,
  own: OwnFields,
): void {
  const colon = text.indexOf(":", start);
  if (colon === -1 || colon >= end) throw malformedRequest("it has a malformed header field");
  const { name, role } = fieldNameOf(text.slice(start, colon));
  const value = trimmed(text, colon + 1, end);
  const isFirst = headers.add(name, value);
  if (role === undefined) return;
  if (!isFirst && role !== "connection") throw repeated(role, name);
  own[role] = isFirst ? value : `${own[role]},${value}`;
}

function repeated(role: FieldRole, name: string): Error {
  if (role === "content_length") return invalidLength();
  if (role === "host") return invalidHost();
  return malformedRequest(`it has several ${name} fields`);
}

function notARequestLine(line: string): Error {
  if (OTHER_VERSION.test(line)) return versionNotSupported();
  return malformedRequest("it does not begin with a method, a target and a version");
}

function hostOf(
  field: string | undefined,
  authority: string | undefined,
  isHttp10: boolean,
): string {
  if (field === undefined) {
    if (!isHttp10) throw malformedRequest("it has no Host");
    return authority ?? "";
  }
  checkHost(field);
  // Whoever stands in front may have gone by the one or by the other.
  if (authority !== undefined && authority.toLowerCase() !== field.toLowerCase()) {
    throw invalidHost();
  }
  return authority ?? field;
}

/** Where the body ends: one length, or chunks, or there is none. */
function framingOf(
  own: OwnFields,
  isHttp10: boolean,
): Pick<RequestHead, "isChunked" | "lengthBytes"> {
  const { content_length: length, transfer_encoding: coding } = own;
  if (coding !== undefined) {
    if (length !== undefined) {
      throw malformedRequest("it has both Content-Length and Transfer-Encoding");
    }
    if (isHttp10) throw malformedRequest("HTTP/1.0 has no Transfer-Encoding");
    if (coding.toLowerCase() !== "chunked") throw otherCoding(coding);
    return { isChunked: true, lengthBytes: undefined };
  }
  if (length === undefined) return { isChunked: false, lengthBytes: undefined };
  if (!CONTENT_LENGTH.test(length)) throw invalidLength();
  return { isChunked: false, lengthBytes: Number(length) };
}

/** A body that is chunked last could be read by others, so it is not called malformed. */
function otherCoding(coding: string): Error {
  if (/^[a-z-]+ *, *chunked$/i.test(coding) && !/^(chunked|identity)\b/i.test(coding)) {
    return codingNotImplemented();
  }
  return malformedRequest("its Transfer-Encoding is not chunked");
}

function isPersistent(connection: string | undefined, isHttp10: boolean): boolean {
  if (connection === undefined) return !isHttp10;
  if (connection === "keep-alive") return true;
  const options = connection.toLowerCase().split(",").map((option) => option.trim());
  return !options.includes("close") && (!isHttp10 || options.includes("keep-alive"));
}

function expectsContinue(expect: string | undefined): boolean {
  if (expect === undefined) return false;
  if (expect.toLowerCase() !== "100-continue") throw expectationFailed();
  return true;
}
