/**
 * Reads one HTTP/1.1 answer out of the bytes of a connection; it does no I/O.
 *
 * @module
 */

import type { GatewayError } from "../../core/gateway_error.ts";
import { toGatewayError } from "../../core/gateway_error.ts";
import { ChunkedDecoder } from "../../framing/http1/chunked_decoder.ts";
import type { ChunkedLimits } from "../../framing/http1/chunked_decoder.ts";
import { HeaderBlock } from "../../framing/http1/header_block.ts";
import { Spans } from "../../framing/http1/spans.ts";
import { closedBeforeHeaders, closedWithinBody, invalidResponse } from "../failures.ts";
import { parseResponseHead } from "./response_head.ts";
import type { ResponseHead } from "./response_head.ts";

const EMPTY = new Uint8Array(0);
const MAX_INTERIM_ANSWERS = 16;
/** Of the push that is under way; there is one at a time. */
const SPANS = new Spans();
const CHUNKED_RULES = { malformed: invalidResponse, allowsPaddedSize: true };
const FIRST_BYTES = "HTTP/1.";

/**
 * Parses one answer; create one per request.
 *
 * What it reports does not depend on where the pushes were split: payload that came before a
 * failure is handed out, also where both came in one push.
 *
 * @example An answer split within its head
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const parser = new ResponseParser("GET", { maxHeaderBytes: 1024, maxHeaders: 16 });
 * const bytes = new TextEncoder().encode("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
 * assertEquals(parser.push(bytes.subarray(0, 9)).length, 0);
 * assertEquals(new TextDecoder().decode(parser.push(bytes.subarray(9))), "hi");
 * assertEquals(parser.isComplete, true);
 * ```
 */
export class ResponseParser {
  /** The head, once it is whole. */
  head: ResponseHead | undefined;
  /** The last byte of the answer was seen. */
  isComplete = false;
  /** Bytes came after the end of the answer: nobody asked for them, and they mean nothing. */
  hasSurplus = false;
  /** Why the answer cannot be read on; later pushes change nothing. */
  failure: GatewayError | undefined;

  readonly #method: string;
  readonly #limits: ChunkedLimits;
  #block: HeaderBlock;
  #interimAnswers = 0;
  #remainingBytes = 0;
  #chunked: ChunkedDecoder | undefined;

  constructor(method: string, limits: ChunkedLimits) {
    this.#method = method;
    this.#limits = limits;
    this.#block = new HeaderBlock(limits.maxHeaderBytes, invalidResponse);
  }

  /** Takes what one read brought and returns a copy of the payload in it, possibly nothing. */
  push(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    if (this.failure !== undefined) return EMPTY;
    SPANS.clear();
    try {
      let position = 0;
      while (this.head === undefined && position < bytes.length) {
        position = this.#pushHead(bytes, position);
      }
      if (this.head !== undefined) position = this.#pushBody(bytes, position, this.head);
      if (position < bytes.length) this.hasSurplus = true;
    } catch (thrown) {
      this.failure = toGatewayError(thrown);
    }
    return SPANS.copyFrom(bytes);
  }

  /** The connection ended: the end of the answer, or a failure. */
  end(): void {
    if (this.isComplete || this.failure !== undefined) return;
    if (this.head === undefined) this.failure = closedBeforeHeaders();
    else if (this.head.framing.kind === "until_close") this.isComplete = true;
    else this.failure = closedWithinBody();
  }

  #pushHead(bytes: Uint8Array, start: number): number {
    this.#expectHttp(bytes, start);
    const position = this.#block.push(bytes, start);
    if (!this.#block.isComplete) return position;
    const head = parseResponseHead(this.#block.text, this.#method, this.#limits.maxHeaders);
    if (head.status >= 200) {
      this.#begin(head);
      return position;
    }
    if (head.status === 101) throw invalidResponse("it switches to a protocol nobody asked for");
    if (++this.#interimAnswers > MAX_INTERIM_ANSWERS) {
      throw invalidResponse(`more than ${MAX_INTERIM_ANSWERS} interim answers came before it`);
    }
    this.#block = new HeaderBlock(this.#limits.maxHeaderBytes, invalidResponse);
    return position;
  }

  /** What is no HTTP may never bring an empty line, and would cost the whole timeout. */
  #expectHttp(bytes: Uint8Array, start: number): void {
    const seen = this.#block.text.length;
    const end = Math.min(FIRST_BYTES.length - seen, bytes.length - start);
    for (let index = 0; index < end; index++) {
      if (bytes[start + index] !== FIRST_BYTES.charCodeAt(seen + index)) {
        throw invalidResponse("it does not begin with an HTTP status line");
      }
    }
  }

  #begin(head: ResponseHead): void {
    this.head = head;
    if (head.framing.kind === "chunked") {
      this.#chunked = new ChunkedDecoder(this.#limits, CHUNKED_RULES);
    }
    if (head.framing.kind === "length") {
      this.#remainingBytes = head.framing.bytes;
      this.isComplete = head.framing.bytes === 0;
    }
  }

  #pushBody(bytes: Uint8Array, start: number, head: ResponseHead): number {
    if (this.#chunked !== undefined) {
      const end = this.#chunked.push(bytes, start, SPANS);
      this.isComplete = this.#chunked.isComplete;
      return end;
    }
    const end = head.framing.kind === "until_close"
      ? bytes.length
      : Math.min(start + this.#remainingBytes, bytes.length);
    if (head.framing.kind === "length") {
      this.#remainingBytes -= end - start;
      this.isComplete = this.#remainingBytes === 0;
    }
    if (end > start) SPANS.add(start, end);
    return end;
  }
}
