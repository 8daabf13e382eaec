/**
 * A JSON object where a stream of events was due.
 *
 * Some upstreams answer a streamed request so, with status 200 and a stream's content type: with
 * an error (T15), or with the whole answer because they do not stream.
 *
 * @module
 */

import { GatewayError } from "../../core/gateway_error.ts";
import { type JsonObject, parseJsonObject } from "../../core/json.ts";
import { ByteWriter } from "../byte_writer.ts";

const OPENING_BRACE = 123;

const utf8 = new TextDecoder();

/** Tells a bare object from a stream by its first byte, and collects it. */
export class BareBody {
  readonly #maxBytes: number;
  readonly #collected = new ByteWriter();
  /** Unknown until the first byte: no line of an event stream begins with a brace. */
  #isBare: boolean | undefined;

  constructor(options: { readonly maxBytes: number }) {
    this.#maxBytes = options.maxBytes;
  }

  /** Takes the chunk where the body is bare. Throws `GatewayError` over the bound. */
  takes(chunk: Uint8Array): boolean {
    if (chunk.length > 0) this.#isBare ??= chunk[0] === OPENING_BRACE;
    if (this.#isBare !== true) return false;
    if (this.#collected.length + chunk.length > this.#maxBytes) {
      throw new GatewayError(
        "upstream_invalid_response",
        `The upstream sent a body of more than ${this.#maxBytes} bytes that is no event stream`,
        { code: "event_too_large" },
      );
    }
    this.#collected.writeBytes(chunk);
    return true;
  }

  /** What the body says now that it has ended; `undefined` where it is none of the kind. */
  parse(): JsonObject | undefined {
    return this.#isBare === true ? parseJsonObject(utf8.decode(this.#collected.take())) : undefined;
  }
}
