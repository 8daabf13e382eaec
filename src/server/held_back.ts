/** Why a connection is not read on for a while, and what was read too much. */

import { copyBytes } from "../bytes/byte_slab.ts";

/** What a client may still send that reads no answer; it is not cut off, for that would destroy the answer. */
const MAX_UNWANTED_BYTES = 1_048_576;

export class HeldBack {
  /** Begin of the next request, which came while one was answered. */
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #pause: PromiseWithResolvers<void> | undefined;
  #unwantedBytes = 0;

  get isEmpty(): boolean {
    return this.#bytes === undefined;
  }

  /** Keeps a copy; the promise resolves when it is time to read on. */
  hold(bytes: Uint8Array): Promise<void> {
    this.#bytes = copyBytes(bytes, 0, bytes.length);
    return this.pause();
  }

  pause(): Promise<void> {
    this.#pause ??= Promise.withResolvers();
    return this.#pause.promise;
  }

  /** Bytes that nobody wants: beyond a bound no more of them are read. */
  throwAway(length: number): Promise<void> | undefined {
    this.#unwantedBytes += length;
    return this.#unwantedBytes > MAX_UNWANTED_BYTES ? this.pause() : undefined;
  }

  /** What was kept, which then is no longer. */
  take(): Uint8Array<ArrayBuffer> | undefined {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    return bytes;
  }

  readOn(): void {
    this.#pause?.resolve();
    this.#pause = undefined;
  }

  /** Nobody wants what was kept. */
  drop(): void {
    this.#bytes = undefined;
    this.readOn();
  }
}
