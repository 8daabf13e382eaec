/**
 * Finds the member `"usage":null` of a chunk, so that it can be taken out of its bytes.
 *
 * OpenAI writes it into every chunk of a stream whose usage it was asked for.
 *
 * @module
 */

const BACKSLASH = 92;
const QUOTE = 34;
const COLON = 58;
const COMMA = 44;
const LOWER_N = 110;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;

const KEY: readonly number[] = [...`"usage"`].map((character) => character.charCodeAt(0));
const NULL_BYTES = "null".length;

/** Where the member lies, with the comma that goes with it. */
export interface MemberSpan {
  readonly start: number;
  readonly end: number;
}

/** The member of the chunk itself, in the event between the two offsets. */
export function findNullUsage(
  bytes: Uint8Array,
  start: number,
  end: number,
): MemberSpan | undefined {
  // From the end, where it stands as a rule.
  let index = end - KEY.length;
  while (index >= start) {
    const byte = bytes[index]!;
    const span = byte === QUOTE && isKey(bytes, index) ? spanAt(bytes, index) : undefined;
    if (span !== undefined && isTopLevel(bytes, span.valueEnd, end)) return span;
    index -= SHIFTS[byte]!;
  }
  return undefined;
}

/**
 * By the first byte of what might be the key: how far to go back without passing over it (Horspool's
 * search, backwards).
 */
const SHIFTS = makeShifts();

function makeShifts(): Uint8Array {
  const shifts = new Uint8Array(256).fill(KEY.length);
  for (let index = KEY.length - 1; index > 0; index--) shifts[KEY[index]!] = index;
  return shifts;
}

function isKey(bytes: Uint8Array, at: number): boolean {
  for (let index = KEY.length - 1; index > 0; index--) {
    if (bytes[at + index] !== KEY[index]) return false;
  }
  return true;
}

function spanAt(
  bytes: Uint8Array,
  keyStart: number,
): MemberSpan & { readonly valueEnd: number } | undefined {
  const colon = skipBlanks(bytes, keyStart + KEY.length, 1);
  const value = skipBlanks(bytes, colon + 1, 1);
  if (bytes[colon] !== COLON || bytes[value] !== LOWER_N) return undefined;
  const valueEnd = value + NULL_BYTES;
  // A key is preceded by one of these; anything else ends in an escaped quote within a string.
  const before = skipBlanks(bytes, keyStart - 1, -1);
  if (bytes[before] === COMMA) return { start: before, end: valueEnd, valueEnd };
  if (bytes[before] !== OPENING_BRACE) return undefined;
  const after = skipBlanks(bytes, valueEnd, 1);
  const end = bytes[after] === COMMA ? after + 1 : valueEnd;
  return { start: keyStart, end, valueEnd };
}

/** Whether one object, and no more, is open at `from`: what follows closes one more than it opens. */
function isTopLevel(bytes: Uint8Array, from: number, end: number): boolean {
  let depth = 1;
  let isInString = false;
  for (let index = from; index < end; index++) {
    const byte = bytes[index];
    if (isInString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) isInString = false;
    } else if (byte === QUOTE) isInString = true;
    else if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth++;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) depth--;
  }
  return depth === 0 && !isInString;
}

function skipBlanks(bytes: Uint8Array, from: number, step: 1 | -1): number {
  let index = from;
  while (bytes[index] === 32 || bytes[index] === 9) index += step;
  return index;
}
