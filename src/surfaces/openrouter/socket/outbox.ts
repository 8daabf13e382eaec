/**
 * What leaves over one socket, no faster than its client reads.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../../../core/clock.ts";
import type { WebSocketConnection } from "../../../core/http/websocket.ts";

/** How often a client that is behind is looked at, within the time in which it must take something. */
const LOOKS = 4;

export interface OutboxLimits {
  readonly maxBufferedBytes: number;
  readonly stallTimeoutMs: number;
}

export class Outbox {
  readonly #socket: WebSocketConnection;
  readonly #clock: Clock;
  readonly #limits: OutboxLimits;
  /** Called, perhaps more than once, when the client does not read. */
  readonly #onStall: () => void;
  /** Set while the client is behind. */
  #room: Promise<void> | undefined;
  #cancelLook: CancelTimer = () => {};
  /** Bytes that were ever sent, and those that the client had taken at the last look. */
  #sentBytes = 0;
  #takenBytes = 0;
  /** When the client was last seen to read, or had nothing to read. */
  #progressMs: number;
  /** Characters of replies since the client was last seen to read. */
  #replied = 0;

  constructor(
    socket: WebSocketConnection,
    clock: Clock,
    limits: OutboxLimits,
    onStall: () => void,
  ) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limits = limits;
    this.#onStall = onStall;
    this.#progressMs = clock.nowMs();
  }

  get isEmpty(): boolean {
    return this.#socket.bufferedBytes === 0;
  }

  /** Sends at once. A promise says that the client is behind, as `whenReady` does. */
  send(text: string): Promise<void> | undefined {
    const before = this.#noteBefore();
    return this.#noteAfter(before, this.#socket.send(text));
  }

  /** The same with a text that is UTF-8 already, in two pieces. */
  sendText(start: Uint8Array, rest: Uint8Array): Promise<void> | undefined {
    const before = this.#noteBefore();
    return this.#noteAfter(before, this.#socket.sendText(start, rest));
  }

  /** Sends a reply to a message, which nothing slows down but the client itself. */
  reply(text: string): void {
    const isFull = this.#socket.bufferedBytes > this.#limits.maxBufferedBytes;
    this.#replied = isFull ? this.#replied + text.length : 0;
    if (this.#replied > this.#limits.maxBufferedBytes) return this.#onStall();
    this.send(text);
  }

  /** Resolves when there is room, or nobody left to send to; `undefined` where that is so already. */
  whenReady(): Promise<void> | undefined {
    return this.#room;
  }

  /** To be called now and then also while nothing waits: the little that is left may never be read. */
  check(): void {
    const takenBytes = this.#sentBytes - this.#socket.bufferedBytes;
    const nowMs = this.#clock.nowMs();
    if (takenBytes > this.#takenBytes || takenBytes === this.#sentBytes) this.#progressMs = nowMs;
    this.#takenBytes = takenBytes;
    if (nowMs - this.#progressMs >= this.#limits.stallTimeoutMs) this.#onStall();
  }

  /** Nobody is looked after any more. */
  close(): void {
    this.#cancelLook();
    this.#room = undefined;
  }

  #noteBefore(): number {
    const { bufferedBytes } = this.#socket;
    if (bufferedBytes === 0) this.#progressMs = this.#clock.nowMs();
    return bufferedBytes;
  }

  #noteAfter(before: number, room: Promise<void> | undefined): Promise<void> | undefined {
    this.#sentBytes += this.#socket.bufferedBytes - before;
    if (room === undefined || room === this.#room) return room;
    if (this.#room === undefined) this.#lookSoon();
    this.#room = room;
    room.then(() => {
      if (this.#room === room) this.close();
    });
    return room;
  }

  #lookSoon(): void {
    this.#cancelLook = this.#clock.schedule(this.#limits.stallTimeoutMs / LOOKS, () => {
      this.check();
      if (this.#room !== undefined) this.#lookSoon();
    });
  }
}
