/**
 * Finds the payload in a chunked body.
 *
 * @see {@link https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding}
 * @module
 */

import { HeaderBlock, parseFields } from "./header_block.ts";
import type { Malformed } from "./header_block.ts";
import type { Spans } from "./spans.ts";

const CR = 0x0d;
const LF = 0x0a;
const TAB = 0x09;
const SPACE = 0x20;
const SEMICOLON = 0x3b;
const DELETE = 0x7f;

const MAX_SIZE_DIGITS = 16;
/** For one body: extensions mean nothing to us, and each byte costs us time. */
const MAX_EXTENSION_BYTES = 16_384;

/** What the next byte is part of. */
type Part =
  | "size"
  | "space_after_size"
  | "extension"
  | "size_lf"
  | "payload"
  | "payload_cr"
  | "payload_lf"
  | "trailers";

export interface ChunkedLimits {
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
}

/** How the other end is read. */
export interface ChunkedRules {
  readonly malformed: Malformed;
  /** Some servers pad the size with white space; what a client sends passed others, who may read it differently. */
  readonly allowsPaddedSize: boolean;
}

/** Decodes one body; a push may end anywhere. */
export class ChunkedDecoder {
  isComplete = false;
  readonly #limits: ChunkedLimits;
  readonly #rules: ChunkedRules;
  readonly #trailers: HeaderBlock;
  #part: Part = "size";
  #size = 0;
  #sizeDigits = 0;
  #extensionBytes = 0;

  constructor(limits: ChunkedLimits, rules: ChunkedRules) {
    this.#limits = limits;
    this.#rules = rules;
    this.#trailers = new HeaderBlock(limits.maxHeaderBytes, rules.malformed);
  }

  /**
   * Takes what belongs to the body from `position` on, and returns where that ends.
   *
   * Adds where payload lies to `spans`. Where it throws, the spans found before are good.
   */
  push(bytes: Uint8Array, position: number, spans: Spans): number {
    while (position < bytes.length && !this.isComplete) {
      if (this.#part === "payload") {
        const end = Math.min(position + this.#size, bytes.length);
        spans.add(position, end);
        this.#size -= end - position;
        position = end;
        if (this.#size === 0) this.#part = "payload_cr";
      } else if (this.#part === "trailers") {
        position = this.#trailers.push(bytes, position);
        this.isComplete = this.#trailers.isComplete;
      } else {
        this.#take(bytes[position++] ?? 0);
      }
    }
    // Read for their form alone: nothing that an LLM API says is in a trailer.
    if (this.isComplete) {
      const lines = this.#trailers.text.split("\r\n");
      parseFields(lines, 0, this.#limits.maxHeaders, this.#rules.malformed);
    }
    return position;
  }

  #take(byte: number): void {
    switch (this.#part) {
      case "size":
        return this.#takeSize(byte);
      case "space_after_size":
        if (byte === SPACE || byte === TAB) return this.#countExtension();
        return this.#endSize(byte);
      case "extension":
        if (byte === CR) this.#part = "size_lf";
        else if (this.#isRefused(byte)) throw this.#malformed();
        else this.#countExtension();
        return;
      case "size_lf":
        if (byte !== LF) throw this.#malformed();
        this.#part = this.#size === 0 ? "trailers" : "payload";
        return;
      case "payload_cr":
        if (byte !== CR) throw this.#malformed();
        this.#part = "payload_lf";
        return;
      case "payload_lf":
        if (byte !== LF) throw this.#malformed();
        this.#part = "size";
        this.#size = 0;
        this.#sizeDigits = 0;
        return;
    }
  }

  #takeSize(byte: number): void {
    const digit = hexValue(byte);
    if (digit === -1) return this.#endSize(byte);
    this.#size = this.#size * 16 + digit;
    if (++this.#sizeDigits > MAX_SIZE_DIGITS || this.#size > Number.MAX_SAFE_INTEGER) {
      throw this.#malformed();
    }
  }

  #endSize(byte: number): void {
    if (this.#sizeDigits === 0) throw this.#malformed();
    if (byte === CR) this.#part = "size_lf";
    else if (byte === SEMICOLON) this.#part = "extension";
    else if (this.#rules.allowsPaddedSize && (byte === SPACE || byte === TAB)) {
      this.#part = "space_after_size";
    } else throw this.#malformed();
  }

  /** Controls; of a server's, that tab and DEL pass, which others refuse of clients. */
  #isRefused(byte: number): boolean {
    if (byte === TAB || byte === DELETE) return !this.#rules.allowsPaddedSize;
    return byte < SPACE;
  }

  #countExtension(): void {
    if (++this.#extensionBytes > MAX_EXTENSION_BYTES) throw this.#malformed();
  }

  #malformed(): Error {
    return this.#rules.malformed("its chunked encoding is malformed");
  }
}

function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
