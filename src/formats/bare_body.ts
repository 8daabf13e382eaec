/**
 * A JSON object, or a list of them, where a stream of events was due.
 *
 * Some upstreams answer a streamed request so, with status 200 and a stream's content type: with
 * an error (T15), or with the whole answer because they do not stream, or with all events as a list (T95).
 * Comments may come before it.
 *
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import { answerObjectOf, type JsonObject, type JsonValue, parseJson } from "../core/text/json.ts";
import { OpeningScanner } from "../bytes/opening_scanner.ts";
import { ByteWriter } from "../bytes/byte_writer.ts";

const OPENING_BRACE = 123;
const OPENING_BRACKET = 91;

const utf8 = new TextDecoder();

export interface BareBodyOptions {
  readonly maxBytes: number;
  /** A body of the format may be a list; in others a bracket begins a line that is none of a stream. */
  readonly mayBeList?: boolean;
}

/** Tells a bare body from a stream by the first byte that counts, and collects it. */
export class BareBody {
  readonly #maxBytes: number;
  readonly #mayBeList: boolean;
  readonly #collected = new ByteWriter();
  readonly #opening = new OpeningScanner();
  /** Unknown until that byte: no line of an event stream begins with a brace or a bracket. */
  #isBare: boolean | undefined;
  #isTooLarge = false;

  constructor({ maxBytes, mayBeList = false }: BareBodyOptions) {
    this.#maxBytes = maxBytes;
    this.#mayBeList = mayBeList;
  }

  /**
   * What of the chunk is no part of a bare object. Throws `GatewayError` over the bound, or at the next call
   * where comments that came with it are to leave first, so that the outcome does not depend on the cut.
   */
  takeFrom(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    if (this.#isBare === false) return chunk;
    let start = 0;
    if (this.#isBare === undefined) {
      start = this.#opening.push(chunk);
      if (start === chunk.length) return chunk;
      this.#isBare = chunk[start] === OPENING_BRACE ||
        this.#mayBeList && chunk[start] === OPENING_BRACKET;
      if (!this.#isBare) return chunk;
    }
    this.#collect(chunk.subarray(start));
    if (this.#isTooLarge && start === 0) throw this.#tooLarge();
    return chunk.subarray(0, start);
  }

  /** What the body says now that it has ended; `undefined` where it is none of the kind. Throws like `takeFrom`. */
  parse(): JsonObject | undefined {
    return answerObjectOf(this.#parseAny());
  }

  /** The same where the body may be a list. */
  parseList(): readonly JsonValue[] | undefined {
    const value = this.#parseAny();
    if (Array.isArray(value)) return value;
    return value === undefined ? undefined : [value];
  }

  #parseAny(): JsonValue | undefined {
    if (this.#isTooLarge) throw this.#tooLarge();
    return this.#isBare === true ? parseJson(utf8.decode(this.#collected.take())) : undefined;
  }

  #collect(bytes: Uint8Array): void {
    this.#isTooLarge ||= this.#collected.length + bytes.length > this.#maxBytes;
    if (!this.#isTooLarge) this.#collected.writeBytes(bytes);
  }

  #tooLarge(): GatewayError {
    return new GatewayError(
      "upstream_invalid_response",
      `The upstream sent a body of more than ${this.#maxBytes} bytes that is no event stream`,
      { code: "event_too_large" },
    );
  }
}
