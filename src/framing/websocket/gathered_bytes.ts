/** Bytes that come in pieces, and are wanted in one. */

import { allocateBytes } from "../../bytes/byte_slab.ts";

/** New memory costs more than what is copied into it, so there are to be few steps to a large message. */
const GROWTH = 4;

export class GatheredBytes {
  #bytes = allocateBytes(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param expectedBytes How many there will be in all, as far as is known; an announcement alone takes no memory. */
  add(piece: Uint8Array, expectedBytes: number): void {
    const needed = this.#length + piece.length;
    if (needed > this.#bytes.length) {
      const grown = allocateBytes(Math.min(GROWTH * needed, expectedBytes));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = needed;
  }

  /** All of them. Nothing is added any more. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }
}
