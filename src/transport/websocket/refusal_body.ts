/** The body of an answer to whoever asked for a WebSocket and gets none. */

import type { ByteSource } from "../../core/provider/transport.ts";
import type { ChunkedLimits } from "../../framing/http1/chunked_decoder.ts";
import type { Connection } from "../connection.ts";
import { closedWithinBody } from "../failures.ts";
import { ResponseParser } from "../response/response_parser.ts";

export class RefusalBody implements ByteSource {
  readonly #connection: Connection;
  readonly #parser: ResponseParser;
  readonly #close: () => void;
  #payload = new Uint8Array(0);
  #isClosed = false;

  constructor(connection: Connection, limits: ChunkedLimits, close: () => void) {
    this.#connection = connection;
    this.#parser = new ResponseParser("GET", limits);
    this.#close = close;
  }

  /** What has come: its head, and what was read with that. */
  begin(head: Uint8Array<ArrayBuffer>, rest: Uint8Array<ArrayBuffer>): void {
    this.#parser.push(head);
    this.#payload = this.#parser.push(rest);
  }

  async read(): Promise<Uint8Array<ArrayBuffer> | null> {
    let payload = this.#payload;
    this.#payload = new Uint8Array(0);
    while (payload.length === 0) {
      if (this.#parser.failure !== undefined) throw this.#parser.failure;
      if (this.#parser.isComplete || this.#isClosed) {
        this.cancel();
        return null;
      }
      payload = await this.#receive();
    }
    return payload;
  }

  cancel(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#close();
  }

  async #receive(): Promise<Uint8Array<ArrayBuffer>> {
    let count: number | null;
    try {
      count = await this.#connection.receive();
    } catch (thrown) {
      this.cancel();
      throw closedWithinBody(thrown);
    }
    if (count !== null) return this.#parser.push(this.#connection.received(count));
    this.#parser.end();
    return new Uint8Array(0);
  }
}
