/** Bytes that come in pieces, as one array in the end. */

/**
 * Copies nothing while each piece lies in memory behind the one before it, as those of a short body do. No
 * list of pieces: they may have one byte each, and each would cost a hundred.
 */
export class GatheredPieces {
  readonly #firstBytes: number;
  readonly #maxBytes: number;
  #bytes = new Uint8Array(0);
  /** Where they lie once they had to be copied. */
  #own: ArrayBuffer | undefined;

  /** @param firstBytes Set aside at the first copy; it doubles up to `maxBytes`. */
  constructor(firstBytes: number, maxBytes: number) {
    this.#firstBytes = firstBytes;
    this.#maxBytes = maxBytes;
  }

  get length(): number {
    return this.#bytes.length;
  }

  push(piece: Uint8Array<ArrayBuffer>): void {
    const { length } = this.#bytes;
    const joined = length === 0 ? piece : joinBehind(this.#bytes, piece);
    if (joined !== undefined) {
      this.#bytes = joined;
      return;
    }
    const needed = length + piece.length;
    const own = this.#roomFor(needed);
    new Uint8Array(own).set(piece, length);
    this.#bytes = new Uint8Array(own, 0, needed);
  }

  /** All of it, which takes no more memory than it has bytes. */
  take(): Uint8Array<ArrayBuffer> {
    const { length } = this.#bytes;
    if (this.#own === undefined || this.#own.byteLength === length) return this.#bytes;
    return new Uint8Array(this.#own.transfer(length));
  }

  /** Memory with what has come at its beginning. */
  #roomFor(needed: number): ArrayBuffer {
    if (this.#own !== undefined && needed <= this.#own.byteLength) return this.#own;
    const doubled = Math.min(2 * this.#bytes.length, this.#maxBytes);
    const grown = Math.max(needed, this.#firstBytes, doubled);
    if (this.#own !== undefined) return this.#own = this.#own.transfer(grown);
    const own = new ArrayBuffer(grown);
    new Uint8Array(own).set(this.#bytes);
    return this.#own = own;
  }
}

/** Without a copy; `undefined` where the second does not lie in memory behind the first. */
export function joinBehind(
  first: Uint8Array<ArrayBuffer>,
  second: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> | undefined {
  const { buffer, byteOffset, length } = first;
  if (second.buffer !== buffer || second.byteOffset !== byteOffset + length) return undefined;
  return new Uint8Array(buffer, byteOffset, length + second.length);
}
