/**
 * One WebSocket on a connection, at either end of it: the only place that decides what becomes of its frames.
 *
 * @module
 */

import type { CancelTimer, Clock } from "../../core/clock.ts";
import type { UpgradeOptions, WebSocketConnection } from "../../core/http/websocket.ts";
import type { RawConnection, RawProtocol } from "./raw_connection.ts";
import { CLOSE_CODES } from "./frame.ts";
import { type ClientEvent, FrameDecoder } from "./frame_decoder.ts";
import { FrameWriter, type MakeMask } from "./frame_writer.ts";
import { MessageTurns } from "./message_turns.ts";

/** Time for the client to answer a close, and to read what was sent before. */
const CLOSE_TIMEOUT_MS = 5_000;

export class FramedSocket implements WebSocketConnection, RawProtocol {
  onMessage: WebSocketConnection["onMessage"] = () => {};
  onOversized: WebSocketConnection["onOversized"] = () => {};
  onClose: WebSocketConnection["onClose"] = () => {};
  readonly #options: Omit<UpgradeOptions, "protocol">;
  readonly #clock: Clock;
  readonly #decoder: FrameDecoder;
  readonly #writer: FrameWriter;
  readonly #turns: MessageTurns;
  /** `undefined` until the answer has left. */
  #connection: RawConnection | undefined;
  #cancelTimer: CancelTimer = () => {};
  /** When the client was last heard of, and whether it was pinged since. */
  #heardMs = 0;
  #isPinged = false;
  /** Payload of the last ping that came while the client was behind: one pong answers for all. */
  #pong: Uint8Array | undefined;
  #willFlush = false;
  /** The connection has said that the client is behind. */
  #isBehind = false;
  /** For those who wait until there is room. */
  #room: PromiseWithResolvers<void> | undefined;
  #hasSentClose = false;
  /** `onClose` was called. */
  #isOver = false;

  /** @param makeMask Makes the masks that a client's frames have; the server's have none. */
  constructor(
    options: Omit<UpgradeOptions, "protocol">,
    clock: Clock,
    makeMask?: MakeMask,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#writer = new FrameWriter(makeMask);
    this.#decoder = new FrameDecoder(options.maxMessageBytes, makeMask === undefined);
    this.#turns = new MessageTurns(
      (message) =>
        message === null ? this.onOversized() : this.onMessage(message.bytes, message.isText),
      () => this.close(CLOSE_CODES.internalError, "Internal error"),
    );
  }

  get bufferedBytes(): number {
    return this.#writer.length + (this.#connection?.bufferedBytes ?? 0);
  }

  begin(connection: RawConnection): void {
    this.#connection = connection;
    this.#heardMs = this.#clock.nowMs();
    if (this.#hasSentClose) this.#awaitClose();
    else this.#watch();
    this.#flush();
  }

  receive(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    this.#heardMs = this.#clock.nowMs();
    this.#isPinged = false;
    for (const event of this.#decoder.push(bytes)) this.#take(event);
    return this.#turns.whenReady(this.#decoder.heldBytes);
  }

  ended(): void {
    this.#finish(CLOSE_CODES.abnormal, "");
    this.#cancelTimer();
    this.#connection = undefined;
  }

  send(message: string | Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.#hasSentClose) return undefined;
    this.#writer.writeMessage(message);
    return this.#sent();
  }

  sendText(...pieces: readonly Uint8Array[]): Promise<void> | undefined {
    if (this.#hasSentClose) return undefined;
    this.#writer.writeText(...pieces);
    return this.#sent();
  }

  close(code: number, reason: string): void {
    if (this.#hasSentClose) return;
    this.#hasSentClose = true;
    // What comes from now on is of no interest, but for the client's own close.
    this.#turns.stop();
    this.#writer.writeClose(code, reason);
    this.#flush();
    if (this.#connection !== undefined) this.#awaitClose();
  }

  #take(event: ClientEvent): void {
    switch (event.type) {
      case "message":
        return this.#turns.take(event);
      case "oversized":
        return this.#turns.take(null);
      case "ping":
        return this.#answerPing(event.payload);
      case "pong":
        return;
      case "close":
        this.#end(event.code === CLOSE_CODES.none ? undefined : event.code, "");
        return this.#finish(event.code, event.reason);
      case "fault":
        this.#end(event.code, event.reason);
        return this.#finish(event.code, event.reason);
    }
  }

  #answerPing(payload: Uint8Array): void {
    if (this.#hasSentClose) return;
    if (this.#writer.length > this.#options.maxBufferedBytes) {
      this.#pong = payload;
    } else {
      this.#writer.writePong(payload);
      this.#flushSoon();
    }
  }

  /** Says goodbye, unless that was said, and lets the connection go. */
  #end(code: number | undefined, reason: string): void {
    if (!this.#hasSentClose) {
      this.#hasSentClose = true;
      // Who has not taken what was sent before will not take this either.
      if (this.#isBehind) this.#writer.take();
      this.#writer.writeClose(code, reason);
    }
    // The connection takes it on even so, and bounds the time for it.
    this.#isBehind = false;
    this.#flush();
    this.#cancelTimer();
    this.#connection?.end();
  }

  #finish(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#hasSentClose = true;
    this.#turns.stop();
    this.#room?.resolve();
    this.#room = undefined;
    this.onClose(code, reason);
  }

  #sent(): Promise<void> | undefined {
    this.#flushSoon();
    if (this.#writer.length <= this.#options.maxBufferedBytes) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** What is sent in one go leaves in one write. */
  #flushSoon(): void {
    if (this.#willFlush) return;
    this.#willFlush = true;
    queueMicrotask(() => {
      this.#willFlush = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.#connection === undefined || this.#isBehind) return;
    if (this.#pong !== undefined && !this.#hasSentClose) this.#writer.writePong(this.#pong);
    this.#pong = undefined;
    if (this.#writer.length === 0) return;
    const written = this.#connection.write(this.#writer.take());
    this.#room?.resolve();
    this.#room = undefined;
    if (written === undefined) return;
    this.#isBehind = true;
    written.then(() => {
      this.#isBehind = false;
      this.#flush();
    });
  }

  /** Looks after a client that is silent. */
  #watch(): void {
    const { idleTimeoutMs } = this.#options;
    const nowMs = this.#clock.nowMs();
    // Nobody listens to it meanwhile.
    if (this.#turns.isWaitedFor) this.#heardMs = nowMs;
    const silentMs = nowMs - this.#heardMs;
    if (silentMs >= idleTimeoutMs) return this.#connection?.close();
    const isHalf = silentMs >= idleTimeoutMs / 2;
    if (isHalf && !this.#isPinged) {
      this.#isPinged = true;
      this.#writer.writePing();
      this.#flush();
    }
    const nextMs = (isHalf ? idleTimeoutMs : idleTimeoutMs / 2) - silentMs;
    this.#cancelTimer = this.#clock.schedule(nextMs, () => this.#watch());
  }

  #awaitClose(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.schedule(CLOSE_TIMEOUT_MS, () => this.#connection?.close());
  }
}
