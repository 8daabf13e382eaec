/**
 * Finds where a body begins in earnest: behind blanks, and behind comments of server-sent events.
 *
 * Some upstreams send such comments until they can answer, whatever the answer then is.
 *
 * @module
 */

const TAB = 9;
const LF = 10;
const CR = 13;
const SPACE = 32;
const COLON = 58;
const BYTE_ORDER_MARK: readonly number[] = [0xef, 0xbb, 0xbf];

const FIELD = /^(?:data|event|id|retry) ?:/;
const MAX_FIELD_BYTES = 8;

/** Takes a body's chunks until its beginning is found. */
export class OpeningScanner {
  /** Comments came first. */
  hasComments = false;
  #isInComment = false;

  /** Where in the chunk the body begins; the chunk's length where it does not yet. */
  push(chunk: Uint8Array): number {
    for (const [index, byte] of chunk.entries()) {
      if (this.#isInComment) this.#isInComment = byte !== LF && byte !== CR;
      else if (byte === COLON) this.hasComments = this.#isInComment = true;
      else if (!isBlank(byte)) return index;
    }
    return chunk.length;
  }
}

/** Whether the whole of a body, or its first bytes, are those of server-sent events. */
export function isEventStream(bytes: Uint8Array): boolean {
  const start = new OpeningScanner().push(bytes);
  const field = bytes.subarray(start, start + MAX_FIELD_BYTES);
  return FIELD.test(String.fromCharCode(...field));
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === LF || byte === CR || byte === TAB ||
    BYTE_ORDER_MARK.includes(byte);
}
