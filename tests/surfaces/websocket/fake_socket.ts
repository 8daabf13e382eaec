/**
 * A socket without a connection: what is sent stays in its buffer until a test takes it out.
 *
 * @module
 */

import { isJsonObject, type JsonObject } from "../../../src/core/json.ts";
import { OPEN, type ServerSocket } from "../../../src/surfaces/openrouter/socket/socket.ts";

const CLOSING = 2;
const CLOSED = 3;

export class FakeSocket implements ServerSocket {
  readyState = OPEN;
  readonly sent: JsonObject[] = [];
  /** How it was closed from this side. */
  closedWith: readonly (number | string | undefined)[] | undefined;
  onopen: ServerSocket["onopen"] = null;
  onmessage: ServerSocket["onmessage"] = null;
  onerror: ServerSocket["onerror"] = null;
  onclose: ServerSocket["onclose"] = null;
  #buffered: number[] = [];

  get bufferedAmount(): number {
    if (this.readyState !== OPEN) return 0;
    return this.#buffered.reduce((sum, length) => sum + length, 0);
  }

  send(text: unknown): void {
    if (this.readyState !== OPEN) throw new Error("Sent after the close");
    const message: unknown = JSON.parse(String(text));
    if (!isJsonObject(message)) throw new Error(`Not a message: ${text}`);
    this.sent.push(message);
    this.#buffered.push(String(text).length);
  }

  close(code?: number, reason?: string): void {
    if (this.closedWith !== undefined) throw new Error("Closed twice");
    this.closedWith = [code, reason];
    this.readyState = CLOSING;
  }

  /** The client reads what was sent: all of it, or so many messages. */
  drain(messages = this.#buffered.length): void {
    this.#buffered = this.#buffered.slice(messages);
  }

  open(): void {
    this.#tell(this.onopen, new Event("open"));
  }

  receive(message: object): void {
    this.#tell(this.onmessage, new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  /** The connection is gone. */
  leave(code: number, wasClean: boolean): void {
    this.readyState = CLOSED;
    this.#tell(this.onclose, new CloseEvent("close", { code, wasClean }));
  }

  fail(): void {
    this.readyState = CLOSED;
    this.#tell(this.onerror, new Event("error"));
  }

  #tell<Kind extends Event>(handler: ((event: Kind) => unknown) | null, event: Kind): void {
    handler?.(event);
  }
}
