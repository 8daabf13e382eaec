/**
 * One stream for several readers, each at its own pace and with its own leaving.
 *
 * It is read when the fastest reader wants more. What was read is kept up to a bound, so that others may
 * be slower and may come later; who falls further behind is ended.
 *
 * @module
 */

import type { GatewayError } from "../../core/gateway_error.ts";
import type { AnswerSink, StreamedAnswer } from "../../core/http/http.ts";

/** How one reader's stream ended. */
export type SharedEnding = "complete" | "left" | "too_slow" | GatewayError;

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
  /** Its client's, once its answer has begun. */
  sink: AnswerSink | undefined;
  hasRoom: boolean;
  /** Chunks taken since the stream's beginning. */
  chunks: number;
  bytes: number;
}

export class SharedStream {
  readonly #source: StreamedAnswer;
  readonly #maxBufferBytes: number;
  readonly #onClose: () => void;
  readonly #places = new Set<Place>();
  readonly #kept: Uint8Array<ArrayBuffer>[] = [];
  #keptBytes = 0;
  /** Chunks that are kept no more. */
  #dropped = 0;
  #isStarted = false;
  #hasEnded = false;
  #isBroken = false;
  /** Somebody has all that was read and room for more. */
  #isWanted = false;
  /** The source waits until somebody has. */
  #waiting: PromiseWithResolvers<void> | undefined;

  /** @param onClose Called once it has ended, or has no readers any more. */
  constructor(source: StreamedAnswer, maxBufferBytes: number, onClose: () => void) {
    this.#source = source;
    this.#maxBufferBytes = maxBufferBytes;
    this.#onClose = onClose;
  }

  /** Whether one more reader would still see all of it. */
  get isJoinable(): boolean {
    return this.#dropped === 0 && !this.#hasEnded;
  }

  /** Its last reader has left. */
  get isUnread(): boolean {
    return this.#places.size === 0 && !this.#hasEnded;
  }

  /** All of it as an answer. To be called only while it is joinable. */
  join(reader: SharedReader): StreamedAnswer {
    const place: Place = { ...reader, sink: undefined, hasRoom: true, chunks: 0, bytes: 0 };
    this.#places.add(place);
    return {
      start: (sink) => {
        place.sink = sink;
        if (this.#places.has(place)) this.#fill(place);
        else endSlow(place);
      },
      cancel: (cause) => this.#end(place, cause ?? "left"),
    };
  }

  /** Gives the stream up where nobody reads it; `cause` is what kept it from its last reader. */
  cancelUnread(cause?: GatewayError): void {
    if (this.#places.size > 0 || this.#hasEnded) return;
    this.#close();
    this.#source.cancel(cause);
    // It may read on by itself, so that its usage becomes known, once nothing holds it up.
    this.#letWrite();
  }

  /** Hands a reader what it has room for. */
  #fill(place: Place): void {
    const { sink } = place;
    if (sink === undefined) return;
    while (place.hasRoom && this.#places.has(place)) {
      const chunk = this.#kept[place.chunks - this.#dropped];
      if (chunk === undefined) {
        if (this.#hasEnded) this.#complete(place, sink);
        else this.#ask();
        return;
      }
      if (place.chunks === 0) place.begin();
      place.chunks += 1;
      place.bytes += chunk.length;
      const behind = sink.write(chunk);
      if (behind === undefined) continue;
      place.hasRoom = false;
      behind.then(() => {
        place.hasRoom = true;
        this.#fill(place);
      });
    }
  }

  #ask(): void {
    this.#isWanted = true;
    this.#letWrite();
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#source.start({
      write: (bytes) => this.#take(bytes),
      end: () => this.#finish(),
      abort: () => {
        this.#isBroken = true;
        this.#finish();
      },
    });
  }

  #take(bytes: Uint8Array<ArrayBuffer>): Promise<void> | undefined {
    this.#isWanted = false;
    this.#kept.push(bytes);
    this.#keptBytes += bytes.length;
    // What was read last is what the fastest waits for.
    while (this.#keptBytes > this.#maxBufferBytes && this.#kept.length > 1) {
      this.#keptBytes -= this.#kept.shift()?.length ?? 0;
      this.#dropped += 1;
    }
    for (const place of [...this.#places]) {
      if (place.chunks >= this.#dropped) {
        this.#fill(place);
        continue;
      }
      this.#end(place, "too_slow");
      endSlow(place);
    }
    if (this.#isWanted) return undefined;
    this.#waiting ??= Promise.withResolvers();
    return this.#waiting.promise;
  }

  #letWrite(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }

  #finish(): void {
    this.#close();
    for (const place of [...this.#places]) this.#fill(place);
  }

  #complete(place: Place, sink: AnswerSink): void {
    if (this.#isBroken) sink.abort();
    else sink.end();
    // The stream's own outcome says how it ended.
    this.#end(place, "complete");
  }

  #end(place: Place, ending: SharedEnding): void {
    if (!this.#places.delete(place)) return;
    place.settle(ending, place.bytes);
    this.cancelUnread(typeof ending === "string" ? undefined : ending);
  }

  #close(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#onClose();
  }
}

function endSlow({ sink, tooSlow }: Place): void {
  sink?.write(tooSlow);
  sink?.end();
}
