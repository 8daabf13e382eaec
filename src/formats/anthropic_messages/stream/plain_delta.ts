/**
 * Tells the events that only carry an answer on from all others, without parsing either.
 *
 * Parsing an event costs ten times what framing it costs, and all but a few events of a stream are deltas of a
 * block. Once there is output they are of no interest: the end, its reason, the counts and errors come in
 * events of other names. A delta is plain if it has the lines that Anthropic writes, and no other:
 * `event: content_block_delta`, and data that begins with that very type. Line ends within a JSON text are
 * escaped, so no text of the model looks like a further line.
 *
 * @module
 */

const LF = 10;
const CR = 13;
const SPACE = 32;
const CLOSING_BRACE = 125;

const EVENT_LINE = ascii("event: content_block_delta");
const DATA_FIELD = ascii("data:");
const TYPE = ascii(`{"type":`);
const DELTA_TYPE = ascii(`"content_block_delta"`);

/** Whether the event in `bytes` is one line of name, one of data and a blank one, and a delta. */
export function isPlainDelta(bytes: Uint8Array, start: number, end: number): boolean {
  if (!matches(bytes, start, EVENT_LINE)) return false;
  let index = start + EVENT_LINE.length;
  if (bytes[index] === CR) index++;
  if (bytes[index] !== LF || !matches(bytes, index + 1, DATA_FIELD)) return false;
  index = afterSpace(bytes, index + 1 + DATA_FIELD.length);
  if (!matches(bytes, index, TYPE)) return false;
  index = afterSpace(bytes, index + TYPE.length);
  if (!matches(bytes, index, DELTA_TYPE)) return false;
  let last = end - 1;
  while (bytes[last] === LF || bytes[last] === CR) last--;
  return bytes[last] === CLOSING_BRACE &&
    isOneLine(bytes, index + DELTA_TYPE.length, last);
}

/** Every fourth byte could be looked at for a word, but a line end is one byte: four at a time are. */
function isOneLine(bytes: Uint8Array, from: number, to: number): boolean {
  let index = from;
  for (; index + 4 <= to; index += 4) {
    // A byte below 14 leaves a negative number; no byte of JSON text does.
    if (
      ((bytes[index]! - 14) | (bytes[index + 1]! - 14) | (bytes[index + 2]! - 14) |
        (bytes[index + 3]! - 14)) < 0
    ) return false;
  }
  for (; index < to; index++) if (bytes[index]! < 14) return false;
  return true;
}

function afterSpace(bytes: Uint8Array, index: number): number {
  return bytes[index] === SPACE ? index + 1 : index;
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
