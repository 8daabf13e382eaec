/**
 * Small byte arrays cut from a larger one.
 *
 * An array with memory of its own costs 2 to 5 µs, most of it in the collector, and each chunk of a stream
 * is one; a part of another array costs 0.3 µs. What is cut is never cut again, so a part belongs to whoever
 * asked for it; but its memory lives as long as that of its neighbours, and `buffer` must not be transferred.
 *
 * @module
 */

/** What one part keeps in memory at the most, such as the chunk that a stalled client does not take. */
const SLAB_BYTES = 16_384;

/** Larger arrays have memory of their own: there the copying counts. */
const MAX_PART_BYTES = SLAB_BYTES / 8;

/** One for all: even an array of no bytes costs a microsecond, and a stream begins with several. */
const NO_BYTES = new Uint8Array(0);

let slab = new ArrayBuffer(0);
let used = 0;

/** An array of zeros. */
export function allocateBytes(length: number): Uint8Array<ArrayBuffer> {
  if (length === 0) return NO_BYTES;
  if (length > MAX_PART_BYTES) return new Uint8Array(length);
  if (used + length > slab.byteLength) {
    slab = new ArrayBuffer(SLAB_BYTES);
    used = 0;
  }
  const part = new Uint8Array(slab, used, length);
  used += length;
  return part;
}

/** A copy of `bytes` from `start` to before `end`. */
export function copyBytes(bytes: Uint8Array, start: number, end: number): Uint8Array<ArrayBuffer> {
  const copy = allocateBytes(end - start);
  copy.set(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
  return copy;
}
