/** A connection to a provider in the hands of a WebSocket: reads for it, and writes what it says. */

import type { RawConnection, RawProtocol } from "../../framing/websocket/raw_connection.ts";
import type { Connection } from "../connection.ts";

export class ProviderConnection implements RawConnection {
  readonly #connection: Connection;
  readonly #protocol: RawProtocol;
  readonly #discard: () => void;
  #writing: Promise<void> = Promise.resolve();
  #isOver = false;
  bufferedBytes = 0;

  /** @param discard Gives the connection up. */
  constructor(connection: Connection, protocol: RawProtocol, discard: () => void) {
    this.#connection = connection;
    this.#protocol = protocol;
    this.#discard = discard;
  }

  /** @param first What came with the answer to the handshake. */
  start(first: Uint8Array<ArrayBuffer>): void {
    this.#protocol.begin(this);
    void this.#read(first);
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.#isOver) return undefined;
    this.bufferedBytes += bytes.length;
    this.#writing = this.#writeAfter(this.#writing, bytes);
    return this.#writing;
  }

  end(): void {
    this.#writing.then(() => this.close());
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#discard();
    this.#protocol.ended();
  }

  async #writeAfter(before: Promise<void>, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await before;
    try {
      if (!this.#isOver) await this.#connection.write(bytes);
    } catch {
      this.close();
    }
    this.bufferedBytes -= bytes.length;
  }

  async #read(first: Uint8Array<ArrayBuffer>): Promise<void> {
    if (first.length > 0) await this.#protocol.receive(first);
    while (!this.#isOver) {
      let count: number | null;
      try {
        count = await this.#connection.receive();
      } catch {
        count = null;
      }
      if (this.#isOver) return;
      if (count === null) return this.close();
      await this.#protocol.receive(this.#connection.received(count));
    }
  }
}
