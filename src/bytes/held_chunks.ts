/** Chunks that are held back until they may leave, as one. */

import { joinBytes } from "./read_whole.ts";

const NOTHING = new Uint8Array(0);

export class HeldChunks {
  readonly #chunks: Uint8Array<ArrayBuffer>[] = [];
  #bytes = 0;

  /** How long they are together. */
  get bytes(): number {
    return this.#bytes;
  }

  push(chunk: Uint8Array<ArrayBuffer>): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /** All of them, which are then held no more. */
  take(): Uint8Array<ArrayBuffer> {
    if (this.#bytes === 0) return NOTHING; // Almost always, and to join nothing costs 2 µs.
    const bytes = joinBytes(this.#chunks.splice(0), this.#bytes);
    this.#bytes = 0;
    return bytes;
  }
}
