/**
 * Splits a byte stream into the lines of newline-delimited JSON.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import { HeldBytes } from "../bytes/held_bytes.ts";

const LF = 10;

const NO_BYTES = new Uint8Array(0);

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes one stream; create one per response. Lines end in LF or CRLF; blank ones are skipped. */
export class NdjsonDecoder {
  readonly #maxLineBytes: number;
  /** `{"a":` of a line whose LF has not arrived. */
  readonly #held = new HeldBytes();
  /** A line was over its bound; what follows has no known beginning. */
  #hasFailed = false;

  constructor(options: { readonly maxLineBytes: number }) {
    this.#maxLineBytes = options.maxLineBytes;
  }

  /**
   * Takes a chunk and returns the lines it completes, without their ends.
   *
   * Throws `GatewayError` `line_too_large` at a line over `maxLineBytes`, and at every later
   * call. Lines that the same chunk completed before it are returned first and the next call
   * throws, so that the outcome does not depend on the cut.
   */
  push(chunk: Uint8Array): string[] {
    if (this.#hasFailed) throw lineTooLarge(this.#maxLineBytes);
    const lines: string[] = [];
    let from = 0;
    while (true) {
      const end = chunk.indexOf(LF, from);
      const lineEnd = end === -1 ? chunk.length : end;
      if (this.#held.length + lineEnd - from > this.#maxLineBytes) {
        this.#hasFailed = true;
        this.#held.clear();
        if (lines.length === 0) throw lineTooLarge(this.#maxLineBytes);
        return lines;
      }
      if (end === -1) {
        this.#held.append(chunk, from, chunk.length);
        return lines;
      }
      this.#decode(chunk, from, end, lines);
      from = end + 1;
    }
  }

  /** The body has ended: its last line, where that has no end. Throws like `push`. */
  flush(): string[] {
    if (this.#hasFailed) throw lineTooLarge(this.#maxLineBytes);
    const lines: string[] = [];
    this.#decode(NO_BYTES, 0, 0, lines);
    return lines;
  }

  /** Adds the line that the chunk's part completes, unless it is blank. */
  #decode(chunk: Uint8Array, from: number, to: number, lines: string[]): void {
    let bytes = chunk.subarray(from, to);
    if (this.#held.length > 0) {
      this.#held.append(chunk, from, to);
      bytes = this.#held.view();
    }
    // The CR of CRLF goes with the spaces, which mean nothing around JSON.
    const line = utf8.decode(bytes).trim();
    this.#held.clear();
    if (line !== "") lines.push(line);
  }
}

export function lineTooLarge(maxLineBytes: number): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    `The upstream sent a line of more than ${maxLineBytes} bytes`,
    { code: "line_too_large" },
  );
}
