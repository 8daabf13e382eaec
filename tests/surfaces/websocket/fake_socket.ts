/**
 * A socket without a connection: what is sent stays in its buffer until a test takes it out.
 *
 * @module
 */

import type { WebSocketConnection } from "../../../src/core/http/websocket.ts";
import { isJsonObject, type JsonObject } from "../../../src/core/text/json.ts";

export class FakeSocket implements WebSocketConnection {
  readonly sent: JsonObject[] = [];
  /** How it was closed from this side. */
  closedWith: readonly [code: number, reason: string] | undefined;
  onMessage: WebSocketConnection["onMessage"] = () => {};
  onOversized: WebSocketConnection["onOversized"] = () => {};
  onClose: WebSocketConnection["onClose"] = () => {};
  readonly #maxBufferedBytes: number;
  #buffered: number[] = [];
  #room: PromiseWithResolvers<void> | undefined;
  #isOver = false;

  constructor(maxBufferedBytes = 65_536) {
    this.#maxBufferedBytes = maxBufferedBytes;
  }

  get bufferedBytes(): number {
    return this.#buffered.reduce((sum, length) => sum + length, 0);
  }

  send(text: string | Uint8Array): Promise<void> | undefined {
    if (this.closedWith !== undefined || this.#isOver) return undefined;
    if (typeof text !== "string") throw new Error("Clients are sent no bytes");
    const message: unknown = JSON.parse(text);
    if (!isJsonObject(message)) throw new Error(`Not a message: ${text}`);
    this.sent.push(message);
    this.#buffered.push(text.length);
    if (this.bufferedBytes <= this.#maxBufferedBytes) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  sendText(...pieces: readonly Uint8Array[]): Promise<void> | undefined {
    return this.send(pieces.map((piece) => new TextDecoder().decode(piece)).join(""));
  }

  close(code: number, reason: string): void {
    if (this.closedWith !== undefined) throw new Error("Closed twice");
    this.closedWith = [code, reason];
  }

  /** The client reads what was sent: all of it, or so many messages. */
  drain(messages = this.#buffered.length): void {
    this.#buffered = this.#buffered.slice(messages);
    if (this.bufferedBytes <= this.#maxBufferedBytes) this.#letGo();
  }

  receive(message: object): void {
    if (this.closedWith === undefined) {
      void this.onMessage(new TextEncoder().encode(JSON.stringify(message)), true);
    }
  }

  /** The connection is gone. */
  leave(code: number): void {
    this.#isOver = true;
    this.#letGo();
    this.onClose(code, "");
  }

  #letGo(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
