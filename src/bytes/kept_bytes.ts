/** What is left of a block of bytes after parts of it were left out. */

import { allocateBytes } from "./byte_slab.ts";

/** Takes parts out of one block; copies only if there are any. */
export class KeptBytes {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  /** Where the part begins that is kept unless more is left out. */
  #keptFrom = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  /** Parts must be named in order. */
  leaveOut(start: number, end: number): void {
    if (start > this.#keptFrom) this.#parts.push(this.#bytes.subarray(this.#keptFrom, start));
    this.#keptFrom = end;
  }

  join(): Uint8Array<ArrayBuffer> {
    if (this.#keptFrom === 0) return this.#bytes;
    const parts = [...this.#parts, this.#bytes.subarray(this.#keptFrom)];
    const joined = allocateBytes(parts.reduce((length, part) => length + part.length, 0));
    let offset = 0;
    for (const part of parts) {
      joined.set(part, offset);
      offset += part.length;
    }
    return joined;
  }
}
