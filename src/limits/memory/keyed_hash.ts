/**
 * SipHash-2-4 of a text's UTF-16 code units.
 *
 * With a secret that is not known outside, nobody can choose texts whose hashes are alike, so 64 bits
 * of it stand for the text.
 *
 * @see {@link https://www.aumasson.jp/siphash/siphash.pdf}
 * @module
 */

/** 128 secret bits. */
export type HashSecret = readonly [number, number, number, number];

/** Both halves of a hash, as signed 32-bit numbers. */
export interface Hash {
  readonly low: number;
  readonly high: number;
}

/** 64-bit words are pairs of halves here: `aLow` and `aHigh` are the algorithm's v0, `b` v1, `c` v2, `d` v3. */
export function keyedHash(text: string, secret: HashSecret): Hash {
  let aLow = secret[0] ^ 0x70736575;
  let aHigh = secret[1] ^ 0x736f6d65;
  let bLow = secret[2] ^ 0x6e646f6d;
  let bHigh = secret[3] ^ 0x646f7261;
  let cLow = secret[0] ^ 0x6e657261;
  let cHigh = secret[1] ^ 0x6c796765;
  let dLow = secret[2] ^ 0x79746573;
  let dHigh = secret[3] ^ 0x74656462;
  const { length } = text;
  const lastWord = length >> 2;
  // Four code units are one word; the last one carries the length in bytes, and after it comes the end.
  for (let word = 0; word <= lastWord + 1; word++) {
    const isEnd = word > lastWord;
    const at = word * 4;
    const low = isEnd ? 0 : unit(text, at) | unit(text, at + 1) << 16;
    const high = isEnd
      ? 0
      : word < lastWord
      ? unit(text, at + 2) | unit(text, at + 3) << 16
      : unit(text, at + 2) | length << 25;
    if (isEnd) cLow ^= 0xff;
    dLow ^= low;
    dHigh ^= high;
    for (let round = isEnd ? 4 : 2; round > 0; round--) {
      let sum = (aLow >>> 0) + (bLow >>> 0);
      aHigh = (aHigh + bHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
      aLow = sum | 0;
      let kept = bLow;
      bLow = (bLow << 13 | bHigh >>> 19) ^ aLow;
      bHigh = (bHigh << 13 | kept >>> 19) ^ aHigh;
      kept = aLow;
      aLow = aHigh;
      aHigh = kept;
      sum = (cLow >>> 0) + (dLow >>> 0);
      cHigh = (cHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
      cLow = sum | 0;
      kept = dLow;
      dLow = (dLow << 16 | dHigh >>> 16) ^ cLow;
      dHigh = (dHigh << 16 | kept >>> 16) ^ cHigh;
      sum = (aLow >>> 0) + (dLow >>> 0);
      aHigh = (aHigh + dHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
      aLow = sum | 0;
      kept = dLow;
      dLow = (dLow << 21 | dHigh >>> 11) ^ aLow;
      dHigh = (dHigh << 21 | kept >>> 11) ^ aHigh;
      sum = (cLow >>> 0) + (bLow >>> 0);
      cHigh = (cHigh + bHigh + (sum > 0xffffffff ? 1 : 0)) | 0;
      cLow = sum | 0;
      kept = bLow;
      bLow = (bLow << 17 | bHigh >>> 15) ^ cLow;
      bHigh = (bHigh << 17 | kept >>> 15) ^ cHigh;
      kept = cLow;
      cLow = cHigh;
      cHigh = kept;
    }
    aLow ^= low;
    aHigh ^= high;
  }
  return { low: aLow ^ bLow ^ cLow ^ dLow, high: aHigh ^ bHigh ^ cHigh ^ dHigh };
}

function unit(text: string, at: number): number {
  return at < text.length ? text.charCodeAt(at) : 0;
}
