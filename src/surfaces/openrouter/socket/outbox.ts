/**
 * What leaves over one socket, no faster than its client reads.
 *
 * The runtime has no event for a buffer that has drained, so it is looked at again and again, and only
 * while something waits for it.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../../../core/clock.ts";
import { OPEN, type ServerSocket } from "./socket.ts";

const POLL_MS = 10;

export interface OutboxLimits {
  readonly maxBufferedBytes: number;
  readonly stallTimeoutMs: number;
}

export class Outbox {
  readonly #socket: ServerSocket;
  readonly #clock: Clock;
  readonly #limits: OutboxLimits;
  /** Called, perhaps more than once, when the client does not read. */
  readonly #onStall: () => void;
  #waiting: PromiseWithResolvers<void> | undefined;
  #cancelPoll: CancelTimer = () => {};
  /** Bytes that were ever put into the buffer, and those that had left it at the last look. */
  #queuedBytes = 0;
  #drainedBytes = 0;
  /** When the client was last seen to read, or had nothing to read. */
  #progressMs: number;
  /** Characters of replies since the client was last seen to read. */
  #replied = 0;

  constructor(socket: ServerSocket, clock: Clock, limits: OutboxLimits, onStall: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#onStall = onStall;
    this.#progressMs = clock.nowMs();
  }

  get isEmpty(): boolean {
    return this.#socket.bufferedAmount === 0;
  }

  /** Sends at once; to a socket that is closed it does nothing. */
  send(text: string): void {
    if (this.#socket.readyState !== OPEN) return;
    const before = this.#socket.bufferedAmount;
    if (before === 0) this.#progressMs = this.#clock.nowMs();
    this.#socket.send(text);
    this.#queuedBytes += this.#socket.bufferedAmount - before;
  }

  /** Sends a reply to a message, which nothing slows down but the client itself. */
  reply(text: string): void {
    this.#replied = this.#isFull ? this.#replied + text.length : 0;
    if (this.#replied > this.#limits.maxBufferedBytes) return this.#onStall();
    this.send(text);
  }

  /** Resolves when there is room, or nobody left to send to; `undefined` where that is so already. */
  whenReady(): Promise<void> | undefined {
    if (!this.#isFull) return undefined;
    if (this.#waiting === undefined) {
      this.#waiting = Promise.withResolvers();
      this.#poll();
    }
    return this.#waiting.promise;
  }

  /** To be called now and then also while nothing waits: the little that is left may never be read. */
  check(): void {
    const drainedBytes = this.#queuedBytes - this.#socket.bufferedAmount;
    const nowMs = this.#clock.nowMs();
    if (drainedBytes > this.#drainedBytes || drainedBytes === this.#queuedBytes) {
      this.#progressMs = nowMs;
    }
    this.#drainedBytes = drainedBytes;
    if (nowMs - this.#progressMs >= this.#limits.stallTimeoutMs) this.#onStall();
  }

  /** Lets go of whoever waits. */
  close(): void {
    this.#cancelPoll();
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > this.#limits.maxBufferedBytes;
  }

  #poll(): void {
    this.check();
    if (this.#isFull) this.#cancelPoll = this.#clock.schedule(POLL_MS, () => this.#poll());
    else this.close();
  }
}
