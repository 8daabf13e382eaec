/**
 * Tells the events that only carry an answer on from all others, without parsing either.
 *
 * Parsing an event costs ten times what framing it costs, and all but a few events of a stream are deltas. Once
 * there is output they are of no interest. A delta is plain if it has the lines that OpenAI writes, and no
 * other: a name that ends in `.delta`, and data that begins with that very type. Line ends within a JSON text
 * are escaped, so no text of the model looks like a further line.
 *
 * @module
 */

const LF = 10;
const CR = 13;
const SPACE = 32;
const QUOTE = 34;
const CLOSING_BRACE = 125;

const NAME_START = ascii("event: response.");
const NAME_END = ascii(".delta");
const DATA_FIELD = ascii("data:");
const TYPE = ascii(`{"type":`);
/** Where the name itself begins. */
const NAME_OFFSET = "event: ".length;

/** Whether the event in `bytes` is one line of name, one of data and a blank one, and a delta. */
export function isPlainDelta(bytes: Uint8Array, start: number, end: number): boolean {
  if (!matches(bytes, start, NAME_START)) return false;
  let nameEnd = start + NAME_START.length;
  while (nameEnd < end && bytes[nameEnd]! > SPACE) nameEnd++;
  if (!matches(bytes, nameEnd - NAME_END.length, NAME_END)) return false;
  let index = bytes[nameEnd] === CR ? nameEnd + 1 : nameEnd;
  if (bytes[index] !== LF || !matches(bytes, index + 1, DATA_FIELD)) return false;
  index = afterSpace(bytes, index + 1 + DATA_FIELD.length);
  if (!matches(bytes, index, TYPE)) return false;
  index = afterSpace(bytes, index + TYPE.length);
  if (bytes[index++] !== QUOTE) return false;
  for (let at = start + NAME_OFFSET; at < nameEnd; at++) {
    if (bytes[index++] !== bytes[at]) return false;
  }
  let last = end - 1;
  while (bytes[last] === LF || bytes[last] === CR) last--;
  return bytes[index] === QUOTE && bytes[last] === CLOSING_BRACE && isOneLine(bytes, index, last);
}

/** No byte of JSON text is as low as a line end; four at a time are looked at, each leaving a sign. */
function isOneLine(bytes: Uint8Array, from: number, to: number): boolean {
  let index = from;
  for (; index + 4 <= to; index += 4) {
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
