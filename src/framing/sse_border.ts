/**
 * Finds the blank lines that end server-sent events, on bytes.
 *
 * A line ends in LF, CR or CRLF. No byte of a longer UTF-8 character equals CR or LF, so bytes
 * can be searched without decoding them.
 *
 * @module
 */

/** Byte of a line feed. */
export const LF = 10;

/** Byte of a carriage return. */
export const CR = 13;

/**
 * Index just after the first blank line at or after `from`, or 0 where there is none.
 *
 * `previous` is the byte before `from`; LF where an event begins there. A CR that ends the chunk
 * ends its line at once: an LF that follows in the next chunk is the caller's to skip.
 */
export function firstBorder(chunk: Uint8Array, from: number, previous: number): number {
  let index = nextLineEnd(chunk, from);
  while (index < chunk.length) {
    const before = index > from ? chunk[index - 1]! : previous;
    if (before === LF || before === CR) {
      if (chunk[index] === CR) return chunk[index + 1] === LF ? index + 2 : index + 1;
      // An LF after a CR is the second half of one line end.
      if (before === LF) return index + 1;
    }
    index = nextLineEnd(chunk, index + 1);
  }
  return 0;
}

/** Every border that `firstBorder` finds one after the other. */
export function bordersIn(chunk: Uint8Array, from: number, previous: number): number[] {
  const first = firstBorder(chunk, from, previous);
  if (first === 0) return [];
  const borders = [first];
  let next = firstBorder(chunk, first, LF);
  while (next !== 0) {
    borders.push(next);
    next = firstBorder(chunk, next, LF);
  }
  return borders;
}

/** Like `firstBorder`, but for the last blank line; searches from the end. */
export function lastBorder(chunk: Uint8Array, from: number, previous: number): number {
  let index = previousLineEnd(chunk, from, chunk.length);
  while (index >= from) {
    const isCrLf = chunk[index] === LF && index > from && chunk[index - 1] === CR;
    const start = isCrLf ? index - 1 : index;
    const before = start > from ? chunk[start - 1]! : previous;
    // An LF that is the chunk's first byte may be the second half of a CR before it.
    if (before === LF || (before === CR && chunk[start] === CR)) return index + 1;
    index = previousLineEnd(chunk, from, start);
  }
  return 0;
}

/**
 * Index of a line end at or after `from`, or the chunk's length.
 *
 * Skips eight bytes a step by looking at every second one: a blank line ends in two line ends
 * next to one another, of which one is seen. So one that stands alone may be passed over.
 */
function nextLineEnd(chunk: Uint8Array, from: number): number {
  let index = from;
  while (index < chunk.length) {
    if (chunk[index] === LF || chunk[index] === CR) break;
    index++;
    while (index + 8 <= chunk.length && areAboveCr(chunk, index + 1)) index += 8;
  }
  return index;
}

/** Like `nextLineEnd`, but backwards from before `to`; `from - 1` where there is none. */
function previousLineEnd(chunk: Uint8Array, from: number, to: number): number {
  let index = to - 1;
  while (index >= from) {
    if (chunk[index] === LF || chunk[index] === CR) break;
    index--;
    while (index - 7 >= from && areAboveCr(chunk, index - 7)) index -= 8;
  }
  return index;
}

/** Whether none of four bytes, two apart, can be a line end: no difference has a sign. */
function areAboveCr(chunk: Uint8Array, at: number): boolean {
  return ((chunk[at]! - CR - 1) | (chunk[at + 2]! - CR - 1) |
    (chunk[at + 4]! - CR - 1) | (chunk[at + 6]! - CR - 1)) >= 0;
}
