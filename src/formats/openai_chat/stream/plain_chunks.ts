/**
 * Tells the chunks that only carry an answer on from all other events, without parsing either.
 *
 * Parsing a chunk costs ten times what framing it costs, and all but a few chunks of a stream
 * only carry text on. Such a chunk has choices, so that nothing beside them makes an error of it that has
 * no key of its own (`isTelling`); what has no choices may be one in any words: `{"id":...,"code":...}`.
 * Up to its choices a chunk mostly says what the one before it said. Such a head is looked into once.
 *
 * @module
 */

import { isTelling } from "./telling_event.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const OPENING_BRACKET = 91;
const BACKSLASH = 92;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

const DATA_FIELD = ascii("data:");
const CHOICES_KEY = ascii('"choices"');

/** A longer head is looked into each time. */
const MAX_HEAD_BYTES = 1_024;

/** The plain chunks of one stream; create one per response. */
export class PlainChunks {
  /** `data: {"id":"c1","choices":[{`, in which nothing is telling. */
  #head = new Uint8Array(0);
  #headBytes = 0;

  /**
   * Whether the event in `bytes` has the form that almost every event of a chat stream has, one
   * line, `data: {...,"choices":[{...}...`, and nothing in it that matters. Any other is to be read by
   * the letter of the standard.
   */
  has(bytes: Uint8Array, start: number, end: number): boolean {
    let last = end - 1;
    while (last > start && (bytes[last] === LF || bytes[last] === CR)) last--;
    if (bytes[last] !== CLOSING_BRACE) return false;
    if (this.#headBytes > 0 && matches(bytes, start, this.#head, this.#headBytes)) {
      return !isTelling(bytes, start + this.#headBytes, end);
    }
    const head = findHead(bytes, start, end);
    if (head === undefined || isTelling(bytes, start, head.choicesKey)) return false;
    this.#learn(bytes, start, head.end);
    return !isTelling(bytes, head.end, end);
  }

  #learn(bytes: Uint8Array, start: number, headEnd: number): void {
    const length = headEnd - start;
    if (length > MAX_HEAD_BYTES) return;
    if (length > this.#head.length) this.#head = new Uint8Array(length);
    this.#head.set(bytes.subarray(start, headEnd));
    this.#headBytes = length;
  }
}

/** Finds the key of the choices and where the first of them begins, if it is the first object in the chunk. */
function findHead(
  bytes: Uint8Array,
  start: number,
  end: number,
): { readonly choicesKey: number; readonly end: number } | undefined {
  if (!matches(bytes, start, DATA_FIELD, DATA_FIELD.length)) return undefined;
  const dataStart = start + DATA_FIELD.length;
  const first = bytes[dataStart] === SPACE ? dataStart + 1 : dataStart;
  if (bytes[first] !== OPENING_BRACE) return undefined;
  let second = first + 1;
  while (second < end && bytes[second] !== OPENING_BRACE) second++;
  const bracket = beforeSpaces(bytes, second - 1);
  const colon = beforeSpaces(bytes, bracket - 1);
  const choicesKey = beforeSpaces(bytes, colon - 1) - CHOICES_KEY.length + 1;
  const isInChoices = second < end && bytes[bracket] === OPENING_BRACKET &&
    bytes[colon] === COLON && matches(bytes, choicesKey, CHOICES_KEY, CHOICES_KEY.length) &&
    bytes[choicesKey - 1] !== BACKSLASH; // A key may end in the word: `"my \"choices"`.
  return isInChoices ? { choicesKey, end: second + 1 } : undefined;
}

function beforeSpaces(bytes: Uint8Array, from: number): number {
  let index = from;
  while (bytes[index] === SPACE) index--;
  return index;
}

function matches(bytes: Uint8Array, at: number, word: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== word[index]) return false;
  }
  return true;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
