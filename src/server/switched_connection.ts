/** A connection in the hands of another protocol. */

import type { SocketWriter } from "./answer/socket_writer.ts";
import type { RawConnection } from "../framing/websocket/raw_connection.ts";

/** What is left of a connection of HTTP. */
interface Switched {
  readonly writer: SocketWriter;
  /** Closes once what was written has left. */
  endRaw(): void;
  close(): void;
}

export class SwitchedConnection implements RawConnection {
  readonly #connection: Switched;

  constructor(connection: Switched) {
    this.#connection = connection;
  }

  get bufferedBytes(): number {
    return this.#connection.writer.bufferedBytes;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    const { writer } = this.#connection;
    writer.add(bytes);
    writer.flush();
    return writer.room();
  }

  end(): void {
    this.#connection.endRaw();
  }

  close(): void {
    this.#connection.close();
  }
}
