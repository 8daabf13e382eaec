/**
 * A conversation as a number, and what is nearest to it.
 *
 * It is the same in every thread, process and version, so that all of them send a conversation to the same
 * place without a word between them. Nothing depends on that nobody can choose it: whoever does moves their
 * own calls alone.
 *
 * @module
 */

/** 64 bits in two halves. */
export interface Session {
  readonly low: number;
  readonly high: number;
}

const TWO_TO_32 = 4_294_967_296;

/**
 * Of what a name stands for, whose turns come by weight; a conversation goes where it has the least.
 *
 * Exponentially distributed: the least of such numbers, each divided by a weight, is each one's in
 * proportion to that weight.
 */
export function distanceOf(name: string, weight: number, { low, high }: Session): number {
  const place = hashOf(name);
  const mixed = mix(mix(low ^ place.low) ^ high ^ place.high) >>> 0;
  return -Math.log((mixed + 0.5) / TWO_TO_32) / weight;
}

/** Two multiplicative hashes side by side, whose halves are mixed in the end. */
export function hashOf(text: string): Session {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x9e3779b1);
    high = Math.imul(high ^ unit, 0x5f356495);
  }
  return { low: mix(low ^ (high >>> 15)), high: mix(high ^ (low >>> 13)) };
}

/** Every bit of the result depends on every bit of `word`. */
function mix(word: number): number {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
