/** A connection without a network: what a client sends piece by piece, and what it gets. */

import type { ClientSocket } from "../../../src/server/socket.ts";

export class MemorySocket implements ClientSocket {
  /** What was written, one character a byte. */
  output = "";
  /** Sizes of the writes. */
  readonly writes: number[] = [];
  isClosed = false;
  /** Resolves when the server writes no more. */
  readonly finished: Promise<void>;
  /** While it is true, writes wait. */
  isStalled = false;
  /** Most bytes that one write takes. */
  maxWriteBytes = Infinity;
  readonly #pieces: Uint8Array[];
  #hasEnded = false;
  #reading: PromiseWithResolvers<void> | undefined;
  #stalled: PromiseWithResolvers<void> | undefined;
  readonly #finish: () => void;

  constructor(pieces: readonly Uint8Array[] = []) {
    this.#pieces = [...pieces];
    const { promise, resolve } = Promise.withResolvers<void>();
    this.finished = promise;
    this.#finish = resolve;
  }

  /** A read waits for the client. */
  get isRead(): boolean {
    return this.#reading !== undefined;
  }

  send(bytes: Uint8Array | string): void {
    this.#pieces.push(typeof bytes === "string" ? latin1(bytes) : bytes);
    this.#wake();
  }

  /** The client sends no more. */
  end(): void {
    this.#hasEnded = true;
    this.#wake();
  }

  /** Takes what waits. */
  resume(): void {
    this.isStalled = false;
    this.#stalled?.resolve();
    this.#stalled = undefined;
  }

  async read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null> {
    while (true) {
      if (this.isClosed) throw new Deno.errors.BadResource("closed");
      const piece = this.#pieces.shift();
      if (piece === undefined && this.#hasEnded) return null;
      if (piece !== undefined) {
        const count = Math.min(piece.length, buffer.length);
        buffer.set(piece.subarray(0, count));
        if (count < piece.length) this.#pieces.unshift(piece.subarray(count));
        return count;
      }
      this.#reading = Promise.withResolvers();
      await this.#reading.promise;
    }
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
    if (this.isStalled) {
      this.#stalled ??= Promise.withResolvers();
      await this.#stalled.promise;
    }
    if (this.isClosed) throw new Deno.errors.BadResource("closed");
    const count = Math.min(bytes.length, this.maxWriteBytes);
    this.writes.push(count);
    for (let index = 0; index < count; index++) {
      this.output += String.fromCharCode(bytes[index] ?? 0);
    }
    return count;
  }

  closeWrite(): Promise<void> {
    this.#finish();
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
    this.#finish();
    this.#wake();
    this.resume();
  }

  #wake(): void {
    this.#reading?.resolve();
    this.#reading = undefined;
  }
}

/** One byte a character. */
export function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
