/** Why a connection is not read on for a while, and what was read too much. */

import { copyBytes } from "../bytes/byte_slab.ts";

export class HeldBack {
  /** Begin of the next request, which came while one was answered. */
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #pause: PromiseWithResolvers<void> | undefined;

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
