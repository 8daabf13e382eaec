/**
 * Finds what can matter to a relay in a chunk, without parsing it.
 *
 * What matters has a key of its own: `"error"`, or a `"usage"` or
 * `"finish_reason"` that is not null; or it is an `event:` field between lines of data; or a second
 * `"choices"`, because of two keys of one name the last one counts. Quotes and
 * line ends within a JSON text are escaped, so no text of the model looks like one of these. JSON
 * lets the letters of a key be escaped as well, `"\u0065rror"`; hardly anybody writes them so, and what
 * has one may be anything. What is found is parsed before it is believed.
 *
 * @module
 */

const SPACE = 32;
const QUOTE = 34;
const ZERO = 48;
const FIVE = 53;
const SEVEN = 55;
const COLON = 58;
const BACKSLASH = 92;
const LOWER_N = 110;
const LOWER_U = 117;

/** The keys, each by its last seven bytes. */
const WINDOW_BYTES = 7;
const KEYS: readonly Uint8Array[] = [
  ascii('"error"'),
  ascii('"usage"'),
  ascii('reason"'),
  ascii('hoices"'),
];
/** A field between lines of data: `event: error` makes an error of whatever the data are. */
const EVENT_FIELDS: readonly Uint8Array[] = [ascii("\nevent:"), ascii("\revent:")];

/** The first five bytes of an escaped letter tell it; one of them is looked at. */
const MAX_SHIFT = 5;
/** Added to the shift of a byte that an escaped letter may have: `\u005f`, `\u0061` to `\u007a`. */
const MAY_BE_ESCAPE = 128;

/**
 * By the byte that a window of the text ends in: how far the window can be moved on without
 * passing over a word (Horspool's search, for six words at once). It looks at a byte in four.
 */
const SHIFTS = makeShifts();

/** Whether the bytes of a chunk may hold an error, a finish reason, a count of tokens or an escaped letter. */
export function isTelling(bytes: Uint8Array, start: number, end: number): boolean {
  let last = start + WINDOW_BYTES - 1;
  while (last < end) {
    const byte = bytes[last]!;
    if (byte === QUOTE && ends(KEYS, bytes, last) && !isNullAfter(bytes, last + 1)) return true;
    if (byte === COLON && ends(EVENT_FIELDS, bytes, last)) return true;
    const shift = SHIFTS[byte]!;
    if (shift > MAY_BE_ESCAPE && isInEscape(bytes, last)) return true;
    last += shift % MAY_BE_ESCAPE;
  }
  return false;
}

/** Whether the byte is one of the first five of an escaped letter. */
function isInEscape(bytes: Uint8Array, at: number): boolean {
  switch (bytes[at]) {
    case BACKSLASH:
      return isEscape(bytes, at);
    case LOWER_U:
      return isEscape(bytes, at - 1);
    case ZERO:
      return isEscape(bytes, at - 2) || isEscape(bytes, at - 3);
    default:
      return isEscape(bytes, at - 4);
  }
}

function isEscape(bytes: Uint8Array, at: number): boolean {
  const digit = bytes[at + 4]!;
  return bytes[at] === BACKSLASH && bytes[at + 1] === LOWER_U && bytes[at + 2] === ZERO &&
    bytes[at + 3] === ZERO && digit >= FIVE && digit <= SEVEN;
}

function ends(words: readonly Uint8Array[], bytes: Uint8Array, last: number): boolean {
  for (const word of words) {
    if (matches(bytes, last - WINDOW_BYTES + 1, word)) return true;
  }
  return false;
}

/** Whether `: null` follows. Upstreams say so in each chunk of the keys that are not due yet. */
function isNullAfter(bytes: Uint8Array, from: number): boolean {
  let index = from;
  while (bytes[index] === SPACE) index++;
  if (bytes[index] !== COLON) return false;
  index++;
  while (bytes[index] === SPACE) index++;
  return bytes[index] === LOWER_N;
}

function matches(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

function makeShifts(): Uint8Array {
  const shifts = new Uint8Array(256).fill(MAX_SHIFT);
  for (const word of [...KEYS, ...EVENT_FIELDS]) {
    word.subarray(0, -1).forEach((byte, index) => {
      shifts[byte] = Math.min(shifts[byte]!, WINDOW_BYTES - 1 - index);
    });
  }
  for (const byte of ascii("\\u0567")) shifts[byte]! += MAY_BE_ESCAPE;
  return shifts;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
