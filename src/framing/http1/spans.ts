/** Where the payload lies in what one read brought: between the marks of chunks. */

import { allocateBytes, copyBytes } from "../../bytes/byte_slab.ts";

/**
 * Serves one read after the other, of all connections: a list of its own for each read would have to be
 * collected, and a read brings hundreds of spans.
 */
export class Spans {
  /** Begin and end of each, one after the other; what lies beyond the count is of earlier reads. */
  readonly #borders: number[] = [];
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  add(start: number, end: number): void {
    this.#borders[this.#count++] = start;
    this.#borders[this.#count++] = end;
  }

  /** One array of all: what one read brought leaves as one chunk. */
  copyFrom(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
    const borders = this.#borders;
    const count = this.#count;
    if (count === 0) return allocateBytes(0);
    const start = borders[0] ?? 0;
    const copy = copyBytes(bytes, start, borders[count - 1] ?? 0);
    let length = (borders[1] ?? 0) - start;
    // Moved together within the copy: views of the parts would outnumber all other objects.
    for (let index = 2; index < count; index += 2) {
      const from = (borders[index] ?? 0) - start;
      const to = (borders[index + 1] ?? 0) - start;
      copy.copyWithin(length, from, to);
      length += to - from;
    }
    return length === copy.length ? copy : copy.subarray(0, length);
  }
}
