/**
 * Separates plain text from a trailer between two markers: `text<|stats|>{...}<|/stats|>`.
 *
 * Works on bytes: only what could be the beginning of the marker or of a character is held back,
 * everything else leaves at once.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import { HeldBytes } from "../bytes/held_bytes.ts";

export interface SentinelTextOptions {
  /** What begins the trailer, in ASCII. */
  readonly open: string;
  /** What ends it, in ASCII. */
  readonly close: string;
  /** Bound on what lies between the two. */
  readonly maxTrailerBytes: number;
}

// Chunks are cut between characters, so each part is decoded on its own.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
const NO_BYTES = new Uint8Array(0);

/** Decodes one stream; create one per response. */
export class SentinelTextDecoder {
  readonly #open: Uint8Array;
  readonly #close: Uint8Array;
  readonly #maxTrailerBytes: number;
  /** `text` until the opening marker, `done` from the closing one on, where nothing counts. */
  #state: "text" | "trailer" | "done" = "text";
  /** `<|sta`, or the first bytes of a character, at the end of a chunk of text. */
  #heldText: Uint8Array = NO_BYTES;
  /** What came after the opening marker; the closing one may be cut anywhere. */
  readonly #heldTrailer = new HeldBytes();
  #trailer: string | undefined;
  /** The trailer was over its bound. */
  #hasFailed = false;

  constructor(options: SentinelTextOptions) {
    const encoder = new TextEncoder();
    this.#open = encoder.encode(options.open);
    this.#close = encoder.encode(options.close);
    this.#maxTrailerBytes = options.maxTrailerBytes;
  }

  /** What stood between the markers, once the closing one was seen. */
  get trailer(): string | undefined {
    return this.#trailer;
  }

  /** The opening marker was seen and the closing one was not, yet or at all. */
  get isTrailerOpen(): boolean {
    return this.#state === "trailer";
  }

  /**
   * Takes a chunk and returns the text it adds.
   *
   * Throws `GatewayError` `trailer_too_large` at a trailer over its bound and at every later
   * call. Text of the same chunk is returned first and the next call throws.
   */
  push(chunk: Uint8Array): { readonly text: string } {
    if (this.#hasFailed) throw this.#trailerTooLarge();
    if (this.#state === "done") return { text: "" };
    if (this.#state === "trailer") {
      this.#pushTrailer(chunk);
      if (this.#hasFailed) throw this.#trailerTooLarge();
      return { text: "" };
    }
    const bytes = concat(this.#heldText, chunk);
    const marker = indexOfMarker(bytes, this.#open, 0);
    if (marker === -1) {
      const textBytes = bytes.length - heldBackBytes(bytes, this.#open);
      if (textBytes === bytes.length) {
        this.#heldText = NO_BYTES;
        return { text: utf8.decode(bytes) };
      }
      this.#heldText = bytes.slice(textBytes);
      return { text: utf8.decode(bytes.subarray(0, textBytes)) };
    }
    this.#heldText = NO_BYTES;
    this.#state = "trailer";
    const text = utf8.decode(bytes.subarray(0, marker));
    this.#pushTrailer(bytes.subarray(marker + this.#open.length));
    if (this.#hasFailed && text === "") throw this.#trailerTooLarge();
    return { text };
  }

  /** The body has ended: what was held back and turned out to be text. Throws like `push`. */
  flush(): string {
    if (this.#hasFailed) throw this.#trailerTooLarge();
    const text = utf8.decode(this.#heldText);
    this.#heldText = NO_BYTES;
    return text;
  }

  #pushTrailer(chunk: Uint8Array): void {
    // The closing marker may have begun in what is held, at most all but its last byte.
    const searchFrom = Math.max(0, this.#heldTrailer.length - this.#close.length + 1);
    this.#heldTrailer.append(chunk, 0, chunk.length);
    const bytes = this.#heldTrailer.view();
    const marker = indexOfMarker(bytes, this.#close, searchFrom);
    const trailerBytes = marker === -1 ? bytes.length - this.#close.length + 1 : marker;
    if (trailerBytes > this.#maxTrailerBytes) {
      this.#hasFailed = true;
    } else if (marker !== -1) {
      this.#trailer = utf8.decode(bytes.subarray(0, marker));
      this.#state = "done";
    } else {
      return;
    }
    this.#heldTrailer.clear();
  }

  #trailerTooLarge(): GatewayError {
    return new GatewayError(
      "upstream_invalid_response",
      `The upstream sent a trailer of more than ${this.#maxTrailerBytes} bytes`,
      { code: "trailer_too_large" },
    );
  }
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  if (head.length === 0) return tail;
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

function indexOfMarker(bytes: Uint8Array, marker: Uint8Array, from: number): number {
  let index = bytes.indexOf(marker[0]!, from);
  while (index !== -1 && index + marker.length <= bytes.length) {
    if (startsWith(bytes, index, marker, marker.length)) return index;
    index = bytes.indexOf(marker[0]!, index + 1);
  }
  return -1;
}

function startsWith(bytes: Uint8Array, at: number, marker: Uint8Array, length: number): boolean {
  for (let index = 0; index < length; index++) {
    if (bytes[at + index] !== marker[index]) return false;
  }
  return true;
}

/** Bytes at the end that the next chunk may turn into the marker or into a character. */
function heldBackBytes(bytes: Uint8Array, marker: Uint8Array): number {
  const longest = Math.min(marker.length - 1, bytes.length);
  for (let length = longest; length > 0; length--) {
    if (startsWith(bytes, bytes.length - length, marker, length)) return length;
  }
  return unfinishedCharacterBytes(bytes);
}

/** Bytes of a character at the end whose rest has not arrived; 0 where the end is a border. */
function unfinishedCharacterBytes(bytes: Uint8Array): number {
  for (let length = 1; length <= 3 && length <= bytes.length; length++) {
    const byte = bytes[bytes.length - length]!;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue; // A continuation: its character began further left.
    const characterBytes = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return characterBytes > length ? length : 0;
  }
  return 0;
}
