/**
 * The body of an answer that is written while it arises.
 *
 * @module
 */

import type { AnswerSink } from "../../core/http/http.ts";
import type { SocketWriter } from "./socket_writer.ts";

/** How its end is told: by its length, by a last chunk, or by the end of the connection. */
export type StreamFraming = { readonly lengthBytes: number } | "chunked" | "until_close";

/** What a body tells its connection. */
export interface StreamWatcher {
  /** All of it has been written; it may still have to leave. */
  streamEnded(): void;
  /** It breaks off after what was written. */
  streamAborted(): void;
}

/** What stands around a chunk, of up to 2^53 bytes. */
const MAX_CHUNK_MARKS_BYTES = 18;
const LAST_CHUNK = "0\r\n\r\n";

export class StreamedBody implements AnswerSink {
  readonly #writer: SocketWriter;
  readonly #watcher: StreamWatcher;
  readonly #isChunked: boolean;
  /** Of the length that was stated. */
  #leftBytes: number | undefined;
  #isOver = false;
  /** While it begins: what is written then leaves with the head. */
  #isHeld = true;

  constructor(writer: SocketWriter, framing: StreamFraming, watcher: StreamWatcher) {
    this.#writer = writer;
    this.#watcher = watcher;
    this.#isChunked = framing === "chunked";
    if (typeof framing === "object") this.#leftBytes = framing.lengthBytes;
  }

  write(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    if (this.#isOver || bytes.length === 0) return undefined;
    if (this.#leftBytes !== undefined) {
      // More than was stated would be the begin of the next answer.
      if (bytes.length > this.#leftBytes) return this.abort();
      this.#leftBytes -= bytes.length;
    }
    if (this.#isChunked) {
      this.#writer.reserve(bytes.length + MAX_CHUNK_MARKS_BYTES);
      this.#writer.addLatin1(bytes.length.toString(16) + "\r\n");
      this.#writer.add(bytes);
      this.#writer.addLatin1("\r\n");
    } else {
      this.#writer.add(bytes);
    }
    if (!this.#isHeld) this.#writer.flush();
    return this.#writer.room();
  }

  end(): void {
    if (this.#isOver) return;
    if (this.#leftBytes !== undefined && this.#leftBytes > 0) return this.abort();
    this.#isOver = true;
    if (this.#isChunked) this.#writer.addLatin1(LAST_CHUNK);
    this.#watcher.streamEnded();
    if (!this.#isHeld) this.#writer.flush();
  }

  abort(): undefined {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watcher.streamAborted();
    if (!this.#isHeld) this.#writer.flush();
  }

  /** From now on what is written leaves at once. */
  release(): void {
    this.#isHeld = false;
    this.#writer.flush();
  }

  /** Nobody takes it any more. */
  close(): void {
    this.#isOver = true;
  }
}
