/**
 * Bytes held back until the rest of their line or event has arrived.
 *
 * @module
 */

import { allocateBytes } from "./byte_slab.ts";

/** Enough for most events, so that a stream of small chunks grows its buffer once. */
const INITIAL_BYTES = 1_024;

/** A larger buffer is given up once its event is through: a thousand idle streams share memory. */
const MAX_KEPT_BYTES = 64 * 1_024;

/** Up to here a loop copies faster than `subarray` and `set`, which cost a chunk of 7 bytes most. */
const MAX_LOOP_BYTES = 32;

/**
 * Collects the parts of one line or event.
 *
 * Parts are copied, so the caller's chunk is free again; capacity doubles, so collecting n bytes
 * costs O(n) however small the parts. The bound is the owner's: it knows which error to throw.
 */
export class HeldBytes {
  #buffer = allocateBytes(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Adds the chunk's bytes from `from` to before `to`. */
  append(chunk: Uint8Array, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#buffer.length) this.#grow(length);
    if (to - from <= MAX_LOOP_BYTES) {
      const shift = this.#length - from;
      for (let index = from; index < to; index++) this.#buffer[shift + index] = chunk[index]!;
    } else {
      this.#buffer.set(chunk.subarray(from, to), this.#length);
    }
    this.#length = length;
  }

  /** What is held, as a view that the next `append` may overwrite. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = allocateBytes(0);
  }

  /** What is held and the chunk's first `chunkBytes`, of which nothing is held then; a copy only where something was. */
  release(chunk: Uint8Array<ArrayBuffer>, chunkBytes: number): Uint8Array<ArrayBuffer> {
    const part = chunkBytes === chunk.length ? chunk : chunk.subarray(0, chunkBytes);
    if (this.#length === 0) return part;
    const bytes = allocateBytes(this.#length + chunkBytes);
    bytes.set(this.view());
    bytes.set(part, this.#length);
    this.clear();
    return bytes;
  }

  #grow(neededBytes: number): void {
    const buffer = new Uint8Array(Math.max(neededBytes, 2 * this.#buffer.length, INITIAL_BYTES));
    buffer.set(this.view());
    this.#buffer = buffer;
  }
}
