/**
 * Writes to one connection, in order, and never more than one write at a time.
 *
 * What is written while a write is under way leaves with the next one. Short parts are copied into one
 * buffer, so that a head and its body, or many events, are one write.
 *
 * @module
 */

import { writeLatin1 } from "../../bytes/latin1.ts";
import type { OutputBuffers } from "../../bytes/output_buffers.ts";
import type { ClientSocket } from "../socket.ts";

/** Longer parts are written as they are: there the copying costs more than a write of its own. */
const MAX_COPIED_BYTES = 60_000;
/** What may wait behind the write that is under way before a client is behind. */
const MAX_WAITING_BYTES = 16_384;

const ENCODER = new TextEncoder();

/** What a writer tells its connection. */
export interface WriteWatcher {
  /** A write is under way from now on, or has got on. */
  writeStarted(): void;
  /** All that was written has left. */
  allWritten(): void;
  writeFailed(): void;
}

/** Bytes to write, and the buffer they lie in where that is to be given back. */
interface Part {
  bytes: Uint8Array<ArrayBuffer>;
  readonly buffer: Uint8Array<ArrayBuffer> | undefined;
}

export class SocketWriter {
  readonly #socket: Pick<ClientSocket, "write">;
  readonly #buffers: OutputBuffers;
  readonly #watcher: WriteWatcher;
  /** The one under way. */
  #current: Part | undefined;
  #waiting: Part[] = [];
  #waitingBytes = 0;
  /** Being filled; the last of all. */
  #open: Uint8Array<ArrayBuffer> | undefined;
  #openBytes = 0;
  #isClosed = false;
  #room: PromiseWithResolvers<void> | undefined;

  constructor(
    socket: Pick<ClientSocket, "write">,
    buffers: OutputBuffers,
    watcher: WriteWatcher,
  ) {
    this.#socket = socket;
    this.#buffers = buffers;
    this.#watcher = watcher;
  }

  /** Nothing waits, and no write is under way. */
  get isIdle(): boolean {
    return this.#current === undefined && this.#open === undefined && this.#waiting.length === 0;
  }

  /** What has not been taken by the client, or by the system for it. */
  get bufferedBytes(): number {
    return this.#waitingBytes + (this.#current?.bytes.length ?? 0);
  }

  /** Sees to it that parts of that length in all leave in one write, where copying them is worth it. */
  reserve(length: number): void {
    if (!this.#isClosed && length <= MAX_COPIED_BYTES) this.#spaceFor(length);
  }

  /** Takes bytes, which then belong to the writer. They leave with `flush`. */
  add(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.#isClosed || bytes.length === 0) return;
    if (bytes.length > MAX_COPIED_BYTES) {
      this.#closeOpen();
      this.#waiting.push({ bytes, buffer: undefined });
      this.#waitingBytes += bytes.length;
      return;
    }
    const buffer = this.#spaceFor(bytes.length);
    buffer.set(bytes, this.#openBytes);
    this.#openBytes += bytes.length;
    this.#waitingBytes += bytes.length;
  }

  /** Takes a text of Latin-1. */
  addLatin1(text: string): void {
    if (this.#isClosed) return;
    const buffer = this.#spaceFor(text.length);
    const start = this.#openBytes;
    writeLatin1(text, buffer, start);
    this.#openBytes += text.length;
    this.#waitingBytes += text.length;
  }

  /** Takes a head and the body that belongs to it. */
  addAnswer(head: string, body: Uint8Array<ArrayBuffer>): void {
    this.reserve(head.length + body.length);
    this.addLatin1(head);
    this.add(body);
  }

  /** The same with a text as the body; `headOf` makes the head from the length of that in UTF-8. */
  addTextAnswer(headOf: (lengthBytes: number) => string, text: string): void {
    if (text.length * 3 > MAX_COPIED_BYTES) {
      const bytes = ENCODER.encode(text);
      return this.addAnswer(headOf(bytes.length), bytes);
    }
    const scratch = this.#buffers.take(text.length * 3);
    const { written } = ENCODER.encodeInto(text, scratch);
    this.addAnswer(headOf(written), scratch.subarray(0, written));
    this.#buffers.giveBack(scratch);
  }

  /** Begins to write what was added, unless a write is under way, which goes on with it. */
  flush(): void {
    if (this.#current === undefined) this.#writeNext();
  }

  /** A promise while the client is behind: it resolves when there is room again or all is over. */
  room(): Promise<void> | undefined {
    if (this.#isClosed || this.#waitingBytes <= MAX_WAITING_BYTES) return undefined;
    this.#room ??= Promise.withResolvers();
    return this.#room.promise;
  }

  /** Nothing is written any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (this.#open !== undefined) this.#buffers.giveBack(this.#open);
    this.#open = undefined;
    this.#makeRoom();
  }

  #spaceFor(length: number): Uint8Array<ArrayBuffer> {
    if (this.#open !== undefined && this.#openBytes + length <= this.#open.length) {
      return this.#open;
    }
    this.#closeOpen();
    this.#openBytes = 0;
    return this.#open = this.#buffers.take(length);
  }

  #closeOpen(): void {
    const buffer = this.#open;
    if (buffer === undefined) return;
    this.#open = undefined;
    this.#waiting.push({ bytes: buffer.subarray(0, this.#openBytes), buffer });
  }

  #writeNext(): void {
    if (this.#waiting.length === 0) this.#closeOpen();
    const part = this.#waiting.shift();
    if (part === undefined) return;
    this.#current = part;
    this.#waitingBytes -= part.bytes.length;
    if (this.#waitingBytes <= MAX_WAITING_BYTES) this.#makeRoom();
    this.#watcher.writeStarted();
    this.#socket.write(part.bytes).then(this.#written, this.#failed);
  }

  readonly #written = (count: number): void => {
    const part = this.#current;
    if (part === undefined) return;
    if (count < part.bytes.length && !this.#isClosed) {
      part.bytes = part.bytes.subarray(count);
      this.#watcher.writeStarted();
      this.#socket.write(part.bytes).then(this.#written, this.#failed);
      return;
    }
    this.#current = undefined;
    if (part.buffer !== undefined) this.#buffers.giveBack(part.buffer);
    if (this.#isClosed) return;
    this.#writeNext();
    if (this.#current === undefined) this.#watcher.allWritten();
  };

  readonly #failed = (): void => {
    // The buffer is not given back: nobody knows whether the runtime still looks at it.
    this.#current = undefined;
    if (!this.#isClosed) this.#watcher.writeFailed();
  };

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }
}
