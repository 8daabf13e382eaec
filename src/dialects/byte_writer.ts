/**
 * Collects bytes and text, for what leaves together as one chunk.
 *
 * @module
 */

import { allocateBytes, copyBytes } from "../core/byte_slab.ts";

/** Enough for a chunk of a chat stream, so that most streams grow their buffer never. */
const INITIAL_BYTES = 1_024;

/** A larger buffer is given up once it was taken: a thousand idle streams share memory. */
const MAX_KEPT_BYTES = 64 * 1_024;

/** A text up to this length is written faster by hand, if it is ASCII, than by an encoder. */
const MAX_SHORT_CHARACTERS = 256;

/** Bytes that a character of a JavaScript string can take in UTF-8. */
const MAX_CHARACTER_BYTES = 3;

const utf8 = new TextEncoder();

/** Joins bytes and text. One per stream: what was taken is a copy, the buffer serves again. */
export class ByteWriter {
  #buffer = allocateBytes(0);
  #length = 0;

  /** Bytes written since the last `take`. */
  get length(): number {
    return this.#length;
  }

  writeBytes(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  writeText(text: string): void {
    if (text.length > MAX_SHORT_CHARACTERS) {
      this.writeBytes(utf8.encode(text));
      return;
    }
    this.#reserve(text.length * MAX_CHARACTER_BYTES);
    const start = this.#length;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) {
        const { written } = utf8.encodeInto(text, this.#buffer.subarray(start));
        this.#length = start + written;
        return;
      }
      this.#buffer[start + index] = code;
    }
    this.#length = start + text.length;
  }

  /** Returns what was written, and begins anew. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = copyBytes(this.#buffer, 0, this.#length);
    this.#length = 0;
    if (this.#buffer.length > MAX_KEPT_BYTES) this.#buffer = allocateBytes(0);
    return taken;
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const buffer = new Uint8Array(Math.max(needed, 2 * this.#buffer.length, INITIAL_BYTES));
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
  }
}
