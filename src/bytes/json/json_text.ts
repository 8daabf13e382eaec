/**
 * Finds the members of a JSON object in its text, without parsing their values.
 *
 * The text must have been parsed as JSON before: what is no object at all is a `TypeError`, other mistakes in it
 * are passed over.
 *
 * @module
 */

type Bytes = Uint8Array<ArrayBuffer>;

/** Where a value lies. */
export interface Value {
  readonly valueStart: number;
  readonly valueEnd: number;
}

/** Where a member lies; its name with both quotes. */
export interface Member extends Value {
  readonly nameStart: number;
  readonly nameEnd: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
export const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
export const OPENING_BRACE = 0x7b;
export const CLOSING_BRACE = 0x7d;
const MAX_LOOP_BYTES = 64;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
/** A character of a name is written in six bytes at the most, as an escape. */
const MAX_CHARACTER_BYTES = 6;

const decoder = new TextDecoder();

/** Bytes of the member's value, the last where there are several, as `JSON.parse` has it. */
export function memberBytes(bytes: Bytes, name: string): Bytes | undefined {
  const wanted = new Set([name]);
  let value: Bytes | undefined;
  for (const member of membersOf(bytes, openingOf(bytes))) {
    if (nameOf(bytes, member, wanted) === undefined) continue;
    value = bytes.subarray(member.valueStart, member.valueEnd);
  }
  return value;
}

/** Members of the outermost object, those of the same name counted each. */
export function countMembers(bytes: Bytes): number {
  let count = 0;
  for (const _ of membersOf(bytes, openingOf(bytes))) count++;
  return count;
}

/** Which of the names a member has; a name that is none of them is hardly ever decoded. */
export function nameOf(
  bytes: Bytes,
  { nameStart, nameEnd }: Member,
  names: Pick<ReadonlySet<string>, "keys">,
): string | undefined {
  const start = nameStart + 1;
  const length = nameEnd - 1 - start;
  for (const name of names.keys()) {
    if (length === name.length && isPlainly(bytes, start, name)) return name;
    if (length <= name.length || length > name.length * MAX_CHARACTER_BYTES) continue;
    if (isPlain(bytes, start, length)) continue;
    if (JSON.parse(decoder.decode(bytes.subarray(nameStart, nameEnd))) === name) return name;
  }
  return undefined;
}

/** Whether `name`, character for byte, stands there. */
function isPlainly(bytes: Bytes, start: number, name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const byte = bytes[start + at]!;
    if (byte !== name.charCodeAt(at) || byte >= 0x80 || byte === BACKSLASH) return false;
  }
  return true;
}

/** Whether there are no escapes and no characters of several bytes. */
function isPlain(bytes: Bytes, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) {
    if (bytes[at] === BACKSLASH || bytes[at]! >= 0x80) return false;
  }
  return true;
}

/** The brace that opens the document. */
export function openingOf(bytes: Bytes): number {
  const hasMark = BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte);
  const opening = skipBlanks(bytes, hasMark ? BYTE_ORDER_MARK.length : 0);
  if (bytes[opening] !== OPENING_BRACE) throw new TypeError("The text is no JSON object");
  return opening;
}

/** In order; `opening` is where the brace of the object stands. */
export function* membersOf(bytes: Bytes, opening: number): Generator<Member> {
  let at = skipBlanks(bytes, opening + 1);
  while (bytes[at] === QUOTE) {
    const nameStart = at;
    const nameEnd = endOfString(bytes, nameStart);
    const colon = skipBlanks(bytes, nameEnd);
    const valueStart = skipBlanks(bytes, colon + 1);
    const valueEnd = endOfValue(bytes, valueStart);
    yield { nameStart, nameEnd, valueStart, valueEnd };
    at = skipBlanks(bytes, valueEnd);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
  if (bytes[at] !== CLOSING_BRACE) throw new TypeError("The text is no whole JSON object");
}

/** In order; `opening` is where the bracket of the list stands. */
export function* elementsOf(bytes: Bytes, opening: number): Generator<Value> {
  let at = skipBlanks(bytes, opening + 1);
  while (at < bytes.length && bytes[at] !== CLOSING_BRACKET) {
    const valueEnd = endOfValue(bytes, at);
    yield { valueStart: at, valueEnd };
    at = skipBlanks(bytes, valueEnd);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
    else break;
  }
}

/** Not by recursion: how deep a text may go is for others to say. */
function endOfValue(bytes: Bytes, start: number): number {
  let depth = 0;
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPENING_BRACE || byte === OPENING_BRACKET) depth++;
    else if (byte === CLOSING_BRACE || byte === CLOSING_BRACKET) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || isBlank(byte))) return at;
    at++;
  }
  return at;
}

/**
 * Behind the closing quote. A loop as far as most texts go, which native code does not find any sooner; a
 * picture of 44 MB it goes over in 4 ms instead of 150.
 */
export function endOfString(bytes: Bytes, start: number): number {
  let at = start + 1;
  const near = Math.min(bytes.length, at + MAX_LOOP_BYTES);
  while (at < near && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  if (at < near || at >= bytes.length) return at + 1;
  let quote = bytes.indexOf(QUOTE, at);
  while (quote !== -1 && isEscaped(bytes, quote, at)) quote = bytes.indexOf(QUOTE, quote + 1);
  return (quote === -1 ? bytes.length : quote) + 1;
}

/** Whether an odd number of backslashes is before it; `start` is where no escape is under way. */
function isEscaped(bytes: Bytes, quote: number, start: number): boolean {
  let at = quote;
  while (at > start && bytes[at - 1] === BACKSLASH) at--;
  return (quote - at) % 2 === 1;
}

export function skipBlanks(bytes: Bytes, start: number): number {
  let at = start;
  while (isBlank(bytes[at])) at++;
  return at;
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
