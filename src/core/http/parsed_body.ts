/** The body of a request in its parsed form. */

import type { JsonObject } from "../text/json.ts";

/** What is larger was parsed in slices, because to parse it at once holds up everybody else. */
const MAX_PARSED_AGAIN_BYTES = 524_288;

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * What the bytes of a request say. It is let go of while the answer is awaited, and parsed again for whoever asks
 * then, such as the next target.
 *
 * The texts of a prompt that live until its answer comes are copied whenever the young generation is emptied
 * meanwhile: with 50 KB that costs a quarter of a call, and to parse them again 15 µs.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode('{"model":"m"}');
 * const body = new ParsedBody({ model: "m" }, bytes);
 * body.letGo();
 * assertEquals(body.json, { model: "m" });
 * ```
 */
export class ParsedBody {
  readonly #bytes: Uint8Array<ArrayBuffer> | undefined;
  #json: JsonObject | undefined;

  /** @param bytes What it was parsed from, or can be; without them it is kept. */
  constructor(json: JsonObject, bytes?: Uint8Array<ArrayBuffer>) {
    this.#json = json;
    this.#bytes = bytes !== undefined && bytes.length <= MAX_PARSED_AGAIN_BYTES ? bytes : undefined;
  }

  get json(): JsonObject {
    return this.#json ??= JSON.parse(DECODER.decode(this.#bytes));
  }

  letGo(): void {
    if (this.#bytes !== undefined) this.#json = undefined;
  }
}
