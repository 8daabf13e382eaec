/**
 * A connection under a WebSocket, in the hand of a test.
 *
 * @module
 */

import type { RawConnection, RawProtocol } from "../../../src/framing/websocket/raw_connection.ts";
import { join, readServerFrames, type ServerFrame } from "../../support/websocket_frames.ts";

export class FakeConnection implements RawConnection {
  /** One for each write. */
  readonly writes: Uint8Array<ArrayBuffer>[] = [];
  /** Ends and closes of the protocol, in order. */
  readonly endings: ("end" | "close")[] = [];
  bufferedBytes = 0;
  #behind: PromiseWithResolvers<void> | undefined;
  /** Told of its end as soon as it is closed. */
  readonly #protocol: RawProtocol;

  constructor(protocol: RawProtocol) {
    this.#protocol = protocol;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.endings.length > 0) throw new Error("Written after the end");
    this.writes.push(bytes);
    if (this.#behind !== undefined) this.bufferedBytes += bytes.length;
    return this.#behind?.promise;
  }

  end(): void {
    this.endings.push("end");
  }

  close(): void {
    this.endings.push("close");
    this.#protocol.ended();
  }

  /** The client takes nothing from now on. */
  fallBehind(): void {
    this.#behind = Promise.withResolvers();
  }

  /** The client has taken all. */
  catchUp(): void {
    this.bufferedBytes = 0;
    this.#behind?.resolve();
    this.#behind = undefined;
  }

  /** All frames so far. */
  get frames(): readonly ServerFrame[] {
    const { frames, rest } = readServerFrames(join(...this.writes));
    if (rest.length > 0) throw new Error("Half a frame was written");
    return frames;
  }

  /** Frames in short: an opcode and the payload as text, of a close its code and reason. */
  get sent(): readonly string[] {
    return this.frames.map(({ opcode, payload }) => {
      const isClose = opcode === 8 && payload.length > 0;
      const text = new TextDecoder().decode(isClose ? payload.subarray(2) : payload);
      const code = isClose ? ` ${payload[0]! * 256 + payload[1]!}` : "";
      return `${opcode}${code} ${text}`.trim();
    });
  }
}
