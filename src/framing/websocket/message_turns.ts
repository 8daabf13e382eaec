/**
 * Hands messages on one at a time, and says when too many of them wait.
 *
 * A client is read further than the message that is being handled, so that its pings are answered and its
 * leaving is noticed; but not so far that it could fill the memory.
 *
 * @module
 */

import type { ClientMessage } from "./frame_decoder.ts";

/** A message, or `null` for one that was too large to be kept. */
export type ReceivedMessage = ClientMessage | null;

/** What may be read ahead of the message that is being handled. */
const MAX_AHEAD_BYTES = 65_536;
/** What a message costs beside its own bytes. */
const MESSAGE_BYTES = 64;

export class MessageTurns {
  readonly #handle: (message: ReceivedMessage) => Promise<void> | void;
  /** Called when a message could not be handled, which is a bug. */
  readonly #onFailure: () => void;
  #waiting: ReceivedMessage[] = [];
  #waitingBytes = 0;
  #isHandling = false;
  #isStopped = false;
  #ready: PromiseWithResolvers<void> | undefined;

  constructor(
    handle: (message: ReceivedMessage) => Promise<void> | void,
    onFailure: () => void,
  ) {
    this.#handle = handle;
    this.#onFailure = onFailure;
  }

  /** Nothing is read until a message has been handled. */
  get isWaitedFor(): boolean {
    return this.#ready !== undefined;
  }

  take(message: ReceivedMessage): void {
    if (this.#isStopped) return;
    if (!this.#isHandling) return this.#begin(message);
    this.#waiting.push(message);
    this.#waitingBytes += sizeOf(message);
  }

  /**
   * Resolves when the client may be read further; `undefined` where it may.
   *
   * @param heldBytes Of a message that has not come whole.
   */
  whenReady(heldBytes: number): Promise<void> | undefined {
    if (!this.#isHandling || this.#isStopped) return undefined;
    if (this.#waitingBytes + heldBytes <= MAX_AHEAD_BYTES) return undefined;
    this.#ready ??= Promise.withResolvers();
    return this.#ready.promise;
  }

  /** No message is handed on any more. */
  stop(): void {
    this.#isStopped = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#letRead();
  }

  #begin(message: ReceivedMessage): void {
    let handled: Promise<void> | void;
    try {
      handled = this.#handle(message);
    } catch (thrown) {
      handled = Promise.reject(thrown);
    }
    if (handled === undefined) return;
    this.#isHandling = true;
    handled.then(() => this.#goOn(), (thrown) => {
      this.#onFailure();
      // The process reports what nobody catches.
      throw thrown;
    });
  }

  #goOn(): void {
    this.#isHandling = false;
    const messages = this.#waiting;
    let begun = 0;
    while (begun < messages.length && !this.#isHandling && !this.#isStopped) {
      const message = messages[begun++] ?? null;
      this.#waitingBytes -= sizeOf(message);
      this.#begin(message);
    }
    if (this.#isStopped) return;
    messages.splice(0, begun);
    if (this.#waitingBytes <= MAX_AHEAD_BYTES) this.#letRead();
  }

  #letRead(): void {
    this.#ready?.resolve();
    this.#ready = undefined;
  }
}

function sizeOf(message: ReceivedMessage): number {
  return MESSAGE_BYTES + (message?.bytes.length ?? 0);
}
