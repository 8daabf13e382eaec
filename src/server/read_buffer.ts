/** What a connection is read into. */

import type { OutputBuffers } from "../bytes/output_buffers.ts";

/** While a connection waits for a request, this is most of its memory. */
const FIRST_BYTES = 1_024;
/** For clients whose requests do not fit into the first: a second read costs 4 µs. */
const MAX_OWN_BYTES = 4_096;
const LARGE_BYTES = 65_536;

/** A small one of its own, and a large one that is borrowed while much is coming. */
export class ReadBuffer {
  readonly #buffers: OutputBuffers;
  #own = new Uint8Array(FIRST_BYTES);
  #large: Uint8Array<ArrayBuffer> | undefined;
  #current = this.#own;
  #wasFull = false;

  constructor(buffers: OutputBuffers) {
    this.#buffers = buffers;
  }

  /** What to read into; `isReceivingMuch` where a body is on its way, or another protocol. */
  next(isReceivingMuch: boolean): Uint8Array<ArrayBuffer> {
    if (isReceivingMuch && this.#wasFull) {
      this.#large ??= this.#buffers.take(LARGE_BYTES);
      return this.#current = this.#large;
    }
    if (this.#large !== undefined) this.#buffers.giveBack(this.#large);
    this.#large = undefined;
    return this.#current = this.#own;
  }

  /** What a read has brought, good until the next. */
  received(count: number): Uint8Array<ArrayBuffer> {
    const buffer = this.#current;
    this.#wasFull = count === buffer.length;
    if (!this.#wasFull) return buffer.subarray(0, count);
    if (buffer.length < MAX_OWN_BYTES) this.#own = new Uint8Array(2 * buffer.length);
    return buffer;
  }
}
