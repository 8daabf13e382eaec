/**
 * Looks for an error in an event that is too long to be held and parsed.
 *
 * Clients take a chunk for an error by its member `error`. All that is read is which members the chunk
 * itself has, by counting braces as the bytes go by.
 *
 * @module
 */

const BACKSLASH = 92;
const QUOTE = 34;
const COMMA = 44;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;

/** `"error"` with each of its letters escaped. */
const MAX_KEY_BYTES = 32;
/** A value that says there is no error: `null`, `false`. */
const NO_ERROR_START = /[nf]/;
const BLANK_OR_COLON = /[\s:]/;

/** Follows one event. */
export class LongEvent {
  /** The chunk has an `error` that is one. */
  isError = false;
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  /** The string at hand is a key of the chunk itself, as far as it was seen. */
  #key: string | undefined;
  #expectsKey = false;
  /** The key was `error`: what its value begins with is next. */
  #expectsError = false;

  push(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length && !this.isError; index++) this.#read(bytes[index]!);
  }

  #read(byte: number): void {
    if (this.#isInString) return this.#readString(byte);
    if (this.#expectsError && !BLANK_OR_COLON.test(String.fromCharCode(byte))) {
      this.#expectsError = false;
      this.isError = !NO_ERROR_START.test(String.fromCharCode(byte));
    }
    switch (byte) {
      case QUOTE:
        this.#isInString = this.#depth > 0;
        this.#key = this.#expectsKey ? "" : undefined;
        this.#expectsKey = false;
        break;
      case COMMA:
        this.#expectsKey = this.#depth === 1;
        break;
      case OPENING_BRACE:
      case OPENING_BRACKET:
        this.#depth++;
        this.#expectsKey = this.#depth === 1;
        break;
      case CLOSING_BRACE:
      case CLOSING_BRACKET:
        this.#depth--;
        break;
    }
  }

  #readString(byte: number): void {
    if (byte === QUOTE && !this.#isEscaped) {
      this.#isInString = false;
      this.#expectsError = this.#key !== undefined && textOf(this.#key) === "error";
      this.#key = undefined;
      return;
    }
    this.#isEscaped = byte === BACKSLASH && !this.#isEscaped;
    if (this.#key === undefined) return;
    this.#key = this.#key.length < MAX_KEY_BYTES
      ? this.#key + String.fromCharCode(byte)
      : undefined;
  }
}

function textOf(key: string): string | undefined {
  try {
    return JSON.parse(`"${key}"`);
  } catch {
    return undefined;
  }
}
