/**
 * Cuts newline-delimited JSON between its lines, for relaying its bytes unchanged.
 *
 * A line that has begun is held until its end arrives, so that a stream that breaks off can be ended with a
 * line of its own.
 *
 * @module
 */

import { HeldBytes } from "../bytes/held_bytes.ts";
import { lineTooLarge } from "./ndjson_decoder.ts";

const LF = 10;
const NO_BYTES = new Uint8Array(0);

/** What one chunk released. */
export interface NdjsonBlock {
  /** Whole lines, possibly none. Never changed afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Offsets in `bytes` just after the LF of each line. */
  readonly ends: readonly number[];
}

/** Splits one stream; create one per response. */
export class NdjsonSplitter {
  readonly #maxLineBytes: number;
  /** `{"a":` of a line whose LF has not arrived. */
  readonly #held = new HeldBytes();
  /** A line was over its bound; what follows has no known beginning. */
  #hasFailed = false;

  constructor(options: { readonly maxLineBytes: number }) {
    this.#maxLineBytes = options.maxLineBytes;
  }

  /**
   * Takes a chunk and returns the lines it completes, with their ends.
   *
   * Throws `GatewayError` `line_too_large` at a line over `maxLineBytes`, after the lines that the same chunk
   * completed before it: at the next call then, so that the outcome does not depend on the cut.
   */
  push(chunk: Uint8Array<ArrayBuffer>): NdjsonBlock {
    if (this.#hasFailed) throw lineTooLarge(this.#maxLineBytes);
    const heldBytes = this.#held.length;
    const ends: number[] = [];
    let start = 0;
    let lineBytes = heldBytes;
    for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, start)) {
      if (lineBytes + lf - start > this.#maxLineBytes) return this.#fail(chunk, start, ends);
      start = lf + 1;
      lineBytes = 0;
      ends.push(heldBytes + start);
    }
    if (lineBytes + chunk.length - start > this.#maxLineBytes) {
      return this.#fail(chunk, start, ends);
    }
    const bytes = start === 0 ? NO_BYTES : this.#held.release(chunk, start);
    this.#held.append(chunk, start, chunk.length);
    return { bytes, ends };
  }

  /** The body has ended: its last line, where that has no end. Throws like `push`. */
  flush(): Uint8Array<ArrayBuffer> {
    if (this.#hasFailed) throw lineTooLarge(this.#maxLineBytes);
    return this.#held.length === 0 ? NO_BYTES : this.#held.release(NO_BYTES, 0);
  }

  #fail(
    chunk: Uint8Array<ArrayBuffer>,
    start: number,
    ends: readonly number[],
  ): NdjsonBlock {
    this.#hasFailed = true;
    if (ends.length === 0) throw lineTooLarge(this.#maxLineBytes);
    return { bytes: this.#held.release(chunk, start), ends };
  }
}
