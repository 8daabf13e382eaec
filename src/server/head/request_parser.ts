/**
 * Finds the head of a request in the bytes of a connection; it does no I/O.
 *
 * @module
 */

import { readLatin1 } from "../../framing/http1/header_block.ts";
import type { GatewayError } from "../../core/gateway_error.ts";
import { toGatewayError } from "../../core/gateway_error.ts";
import { headTooLarge, malformedRequest, targetTooLong, tooManyFields } from "../refusals.ts";
import { parseRequestHead } from "./request_head.ts";
import type { RequestHead } from "./request_head.ts";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const DELETE = 0x7f;

/** Whether a byte needs a look: controls but the tab. */
const IS_SPECIAL = new Uint8Array(256);
for (let byte = 0; byte < SPACE; byte++) IS_SPECIAL[byte] = byte === TAB ? 0 : 1;
IS_SPECIAL[DELETE] = 1;

export interface HeadLimits {
  readonly maxHeadBytes: number;
  readonly maxHeadFields: number;
  readonly maxTargetBytes: number;
}

/**
 * Parses the heads of a connection, one after the other.
 *
 * What it reports does not depend on where the pushes were split. The bytes are looked at once, for
 * controls and the ends of lines, which only CRLF is; the rest is done on the text once it is whole, so a head
 * that trickles in costs no more than another.
 *
 * @example A head split in its first line
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const limits = { maxHeadBytes: 1024, maxHeadFields: 16, maxTargetBytes: 256 };
 * const parser = new RequestParser(limits);
 * const bytes = new TextEncoder().encode("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\nmore");
 * assertEquals(parser.push(bytes.subarray(0, 9), 0), 9);
 * assertEquals(parser.push(bytes, 9), bytes.length - "more".length);
 * assertEquals(parser.head?.target, "/healthz");
 * ```
 */
export class RequestParser {
  /** The head, once it is whole. */
  head: RequestHead | undefined;
  /** Why there will be none; later pushes change nothing. */
  failure: GatewayError | undefined;
  readonly #limits: HeadLimits;
  /** Ends of the lines, counted from the begin of the head. */
  readonly #lineEnds: number[] = [];
  #lineCount = 0;
  /** What earlier pushes brought. */
  #text = "";
  #lineBytes = 0;
  #endsInCr = false;
  #hasSkippedLine = false;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
  }

  /** Bytes of a head have come, which is not whole. */
  get hasBegun(): boolean {
    return this.#text.length > 0 || this.#hasSkippedLine;
  }

  /** Makes ready for the next head. */
  reset(): void {
    this.head = undefined;
    this.#text = "";
    this.#lineCount = 0;
    this.#lineBytes = 0;
    this.#endsInCr = false;
    this.#hasSkippedLine = false;
  }

  /** Takes what belongs to the head from `start` on, and returns where that ends. */
  push(bytes: Uint8Array, start: number): number {
    if (this.failure !== undefined) return bytes.length;
    try {
      return this.#push(bytes, start);
    } catch (thrown) {
      this.failure = toGatewayError(thrown);
      return bytes.length;
    }
  }

  #push(bytes: Uint8Array, start: number): number {
    let end = Math.min(bytes.length, start + this.#limits.maxHeadBytes - this.#text.length);
    let position = start;
    let lineStart = start - this.#lineBytes;
    while (position < end) {
      const byte = bytes[position] ?? 0;
      if (IS_SPECIAL[byte] === 0 && !this.#endsInCr) {
        position++;
        continue;
      }
      if (byte === CR && !this.#endsInCr) {
        this.#endsInCr = true;
        position++;
        continue;
      }
      if (byte !== LF || !this.#endsInCr) throw controlIn(byte);
      this.#endsInCr = false;
      position++;
      const lineBytes = position - lineStart - 2;
      if (lineBytes > 0) {
        this.#endLine(this.#text.length + position - start - 2);
      } else if (this.#lineCount > 0) {
        return this.#complete(bytes, start, position);
      } else {
        start = this.#skipLine(position);
        end = Math.min(bytes.length, start + this.#limits.maxHeadBytes);
      }
      lineStart = position;
    }
    return this.#hold(bytes, start, end, lineStart);
  }

  /** One empty line before a request is allowed: old clients send it after a body. */
  #skipLine(position: number): number {
    if (this.#hasSkippedLine) throw malformedRequest("it begins with empty lines");
    this.#hasSkippedLine = true;
    this.#text = "";
    return position;
  }

  #endLine(end: number): void {
    this.#lineEnds[this.#lineCount++] = end;
    if (this.#lineCount - 1 > this.#limits.maxHeadFields) {
      throw tooManyFields(this.#limits.maxHeadFields);
    }
  }

  #complete(bytes: Uint8Array, start: number, position: number): number {
    this.#text += readLatin1(bytes, start, position);
    this.head = parseRequestHead(
      this.#text,
      this.#lineEnds,
      this.#lineCount,
      this.#limits.maxTargetBytes,
    );
    return position;
  }

  #hold(bytes: Uint8Array, start: number, end: number, lineStart: number): number {
    if (end < bytes.length) {
      throw this.#lineCount === 0
        ? targetTooLong(this.#limits.maxTargetBytes)
        : headTooLarge(this.#limits.maxHeadBytes);
    }
    this.#text += readLatin1(bytes, start, end);
    this.#lineBytes = end - lineStart;
    return end;
  }
}

function controlIn(byte: number): Error {
  return malformedRequest(
    byte === LF || byte === CR
      ? "a line of its head does not end in CR LF"
      : "its head has a control character",
  );
}
