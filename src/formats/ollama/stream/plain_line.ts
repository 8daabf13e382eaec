/**
 * Tells the lines that only carry an answer on from all others, without parsing either.
 *
 * All but the last line of a stream are of that kind, and once there is output they are of no interest: the
 * end, its reason and the counts come in a line that is done, errors in one that names no model. Quotes within
 * a JSON text are escaped, so no text of the model looks like the end of a line.
 *
 * @module
 */

const LF = 10;
const CR = 13;
const START = ascii(`{"model":"`);
const END = ascii(`"done":false}`);

/** Whether the line in `bytes`, with its end, begins with its model and ends with not being done. */
export function isPlainLine(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end;
  if (bytes[last - 1] === LF) last--;
  if (bytes[last - 1] === CR) last--;
  return last - start > START.length + END.length && matches(bytes, start, START) &&
    matches(bytes, last - END.length, END);
}

function matches(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
