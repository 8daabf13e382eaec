/** Lets events pass that are too long to be held, but for those that are known as errors by their beginning. */

import type { ProviderFault } from "../../core/chat/chat.ts";
import { LongEvent } from "./long_event.ts";

/** One for each stream. */
export class LongEventGate {
  readonly #maxEventBytes: number;
  readonly #noteFault: (fault: ProviderFault) => void;
  #event: LongEvent | undefined;

  /** @param noteFault Told of an error, whether it passes or not. */
  constructor(maxEventBytes: number, noteFault: (fault: ProviderFault) => void) {
    this.#maxEventBytes = maxEventBytes;
    this.#noteFault = noteFault;
  }

  /** Whether an event passes, of which this is as much as is there. */
  keeps(bytes: Uint8Array): boolean {
    const event = new LongEvent();
    event.push(bytes.subarray(0, this.#maxEventBytes));
    if (event.isError) {
      this.#noteError();
      return false;
    }
    this.#event = event;
    this.pass(bytes.subarray(this.#maxEventBytes));
    return true;
  }

  /** More of an event that passes. */
  pass(bytes: Uint8Array): void {
    this.#event?.push(bytes);
  }

  /** Whether the event that has passed was an error, which cannot be taken back by then. */
  end(): boolean {
    const isError = this.#event?.isError === true;
    this.#event = undefined;
    if (isError) this.#noteError();
    return isError;
  }

  #noteError(): void {
    const message = `The upstream reported an error of more than ${this.#maxEventBytes} bytes`;
    this.#noteFault({ message });
  }
}
