/**
 * Collects bytes and text, for what leaves together as one chunk.
 *
 * @module
 */

import { allocateBytes, copyBytes } from "./byte_slab.ts";

/** Enough for a chunk of a chat stream, so that most streams grow their buffer never. */
const INITIAL_BYTES = 1_024;

/**
 * Larger buffers leave with what is in them: what a burst brings is long and not worth a copy, and a
 * thousand idle streams share memory.
 */
const MAX_KEPT_BYTES = 4 * INITIAL_BYTES;

/** A text up to this length is written faster by hand, if it is ASCII, than by an encoder. */
const MAX_SHORT_CHARACTERS = 256;

/** Bytes that a character of a JavaScript string can take in UTF-8. */
const MAX_CHARACTER_BYTES = 3;

const utf8 = new TextEncoder();

/** Joins bytes and text. One per stream: what was taken is not written to again. */
export class ByteWriter {
  #buffer = allocateBytes(0);
  #length = 0;
  /** As many as the last time, so that a burst does not begin small each time. */
  #likelyBytes = 0;

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
      this.#encode(text);
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
    const buffer = this.#buffer;
    const length = this.#length;
    this.#length = 0;
    if (buffer.length > MAX_KEPT_BYTES) {
      this.#buffer = allocateBytes(0);
      this.#likelyBytes = length;
    }
    return length > MAX_KEPT_BYTES ? buffer.subarray(0, length) : copyBytes(buffer, 0, length);
  }

  /** Most of it is ASCII as a rule: room for the rest is made where it is not. */
  #encode(text: string): void {
    for (let at = 0; at < text.length;) {
      const rest = at === 0 ? text : text.slice(at);
      this.#reserve(at === 0 ? rest.length : rest.length * MAX_CHARACTER_BYTES);
      const { read, written } = utf8.encodeInto(rest, this.#buffer.subarray(this.#length));
      at += read;
      this.#length += written;
    }
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#buffer.length) return;
    const buffer = new Uint8Array(this.#roomFor(needed));
    buffer.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = buffer;
  }

  #roomFor(bytes: number): number {
    if (bytes <= INITIAL_BYTES) return INITIAL_BYTES;
    // With room for the end of an event behind a long text.
    return Math.max(bytes + INITIAL_BYTES, 2 * this.#buffer.length, this.#likelyBytes);
  }
}
