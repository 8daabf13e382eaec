/**
 * One stream for several readers, each at its own pace and with its own leaving.
 *
 * It is read when the fastest reader wants more. What was read is kept up to a bound, so that others may
 * be slower and may come later; who falls further behind is ended.
 *
 * @module
 */

/** How one reader's stream ended. */
export type SharedEnding = "complete" | "left" | "too_slow";

export interface SharedReader {
  /** Written to a reader that falls too far behind, as its last bytes. */
  readonly tooSlow: Uint8Array<ArrayBuffer>;
  /** Called once. */
  readonly settle: (ending: SharedEnding, bytes: number) => void;
  /** Called when its first bytes leave. */
  readonly begin: () => void;
}

/** A reader and how far it has come. */
interface Place extends SharedReader {
  controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  /** Chunks taken since the stream's beginning. */
  chunks: number;
  bytes: number;
}

export class SharedStream {
  readonly #source: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #maxBufferBytes: number;
  readonly #onClose: () => void;
  readonly #places = new Set<Place>();
  readonly #kept: Uint8Array<ArrayBuffer>[] = [];
  #keptBytes = 0;
  /** Chunks that are kept no more. */
  #dropped = 0;
  #hasEnded = false;
  #reading: Promise<void> | undefined;

  /** @param onClose Called once it has ended, or has no readers any more. */
  constructor(
    stream: ReadableStream<Uint8Array<ArrayBuffer>>,
    maxBufferBytes: number,
    onClose: () => void,
  ) {
    this.#source = stream.getReader();
    this.#maxBufferBytes = maxBufferBytes;
    this.#onClose = onClose;
  }

  /** Whether one more reader would still see all of it. */
  get isJoinable(): boolean {
    return this.#dropped === 0 && !this.#hasEnded;
  }

  get hasReaders(): boolean {
    return this.#places.size > 0;
  }

  /** A stream of all of it. To be called only while it is joinable. */
  join(reader: SharedReader): ReadableStream<Uint8Array<ArrayBuffer>> {
    const place: Place = { ...reader, controller: undefined, chunks: 0, bytes: 0 };
    this.#places.add(place);
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        place.controller = controller;
      },
      pull: () => this.#pull(place),
      cancel: () => this.#end(place, "left"),
    }, { highWaterMark: 0 });
  }

  /** Gives the stream up where nobody reads it. */
  cancelUnread(): void {
    if (this.hasReaders || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onClose();
    this.#source.cancel().catch(() => {});
  }

  async #pull(place: Place): Promise<void> {
    while (this.#places.has(place)) {
      const chunk = this.#kept[place.chunks - this.#dropped];
      if (chunk !== undefined) {
        if (place.chunks === 0) place.begin();
        place.chunks += 1;
        place.bytes += chunk.length;
        place.controller?.enqueue(chunk);
        return;
      }
      if (this.#hasEnded) {
        place.controller?.close();
        this.#end(place, "complete");
        return;
      }
      this.#reading ??= this.#read();
      await this.#reading;
    }
  }

  /** Never rejects: a source that fails ends, and its own outcome says how. */
  async #read(): Promise<void> {
    const { value } = await this.#source.read().catch(() => ({ value: undefined }));
    this.#reading = undefined;
    if (value === undefined) {
      if (this.#hasEnded) return;
      this.#hasEnded = true;
      this.#onClose();
      return;
    }
    this.#kept.push(value);
    this.#keptBytes += value.length;
    // What was read last is what the fastest waits for.
    while (this.#keptBytes > this.#maxBufferBytes && this.#kept.length > 1) {
      this.#keptBytes -= this.#kept.shift()?.length ?? 0;
      this.#dropped += 1;
    }
    for (const place of [...this.#places]) {
      if (place.chunks >= this.#dropped) continue;
      place.controller?.enqueue(place.tooSlow);
      place.controller?.close();
      this.#end(place, "too_slow");
    }
  }

  #end(place: Place, ending: SharedEnding): void {
    if (!this.#places.delete(place)) return;
    place.settle(ending, place.bytes);
    this.cancelUnread();
  }
}
