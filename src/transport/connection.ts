/**
 * One connection to an upstream, with the buffer it is read through.
 *
 * @module
 */

/** A page of memory, for there may be thousands; chunks of most streams are shorter. */
const FIRST_BUFFER_BYTES = 4_096;
const MAX_BUFFER_BYTES = 65_536;

/** What a connection needs of a socket; `Deno.Conn` has it. */
export interface Socket {
  read(buffer: Uint8Array<ArrayBuffer>): Promise<number | null>;
  write(bytes: Uint8Array<ArrayBuffer>): Promise<number>;
  close(): void;
}

/** Time in which a connection is not used, to see whether its server says more than it was asked. */
export interface Rest {
  readonly isOver: Promise<void>;
  /** Ends it early. */
  readonly end: () => void;
}

/** A socket that carries one request after the other. */
export class Connection {
  /** Scheme, host and port: what it is connected to. */
  readonly origin: string;
  /** It has carried a request before, so the server may be about to close it (T39). */
  isReused = false;
  /** `Clock.nowMs` from which on it is too old to be used again. */
  expiresAtMs = Infinity;
  /** While it is left alone before it is used again. */
  rest: Rest | undefined;
  readonly #socket: Socket;
  #buffer = new Uint8Array(FIRST_BUFFER_BYTES);
  #pendingRead: Promise<number | null> | undefined;
  /** Its server ended it or talked, since it was last watched. */
  #hasStirred = false;
  #isClosed = false;

  constructor(origin: string, socket: Socket) {
    this.origin = origin;
    this.#socket = socket;
  }

  /**
   * Waits for the next bytes: how many there are, or `null` after the last. What the socket promises, and
   * no promise around it: a stream waits once for each of its chunks.
   */
  receive(): Promise<number | null> {
    const pending = this.#pendingRead ?? this.#socket.read(this.#buffer);
    this.#pendingRead = undefined;
    return pending;
  }

  /** The bytes that `receive` has waited for, good until its next call. */
  received(count: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.subarray(0, count);
    // A thousand silent streams should not hold 64 KiB each, and a download should not crawl.
    if (count === this.#buffer.length && count < MAX_BUFFER_BYTES) {
      this.#buffer = new Uint8Array(2 * count);
    }
    return bytes;
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let written = await this.#socket.write(bytes);
    while (written < bytes.length) written += await this.#socket.write(bytes.subarray(written));
  }

  /**
   * Starts the next read before there is a request, and calls back when it ends: the server
   * closes the connection, or talks without being asked. With a request sent in time it is the
   * first read of its answer.
   */
  watch(onActivity: (hasTalked: boolean) => void): void {
    this.#hasStirred = false;
    const stir = (hasTalked: boolean): void => {
      this.#hasStirred = true;
      onActivity(hasTalked);
    };
    this.#pendingRead = this.#socket.read(this.#buffer);
    this.#pendingRead.then((count) => stir(count !== null), () => stir(false));
  }

  /** It is open, and nothing has come on it since it was last watched. */
  get isSilent(): boolean {
    return !this.#hasStirred && !this.#isClosed;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#socket.close();
    } catch {
      // Closed already: a failed write does that to a TLS connection.
    }
  }
}
