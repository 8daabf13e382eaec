/**
 * A stream as one JSON array, whose items come as they arise: what clients get that do not ask for `alt=sse`.
 *
 * It is made of the event stream: the data of each event is an item, byte for byte. Whatever is put in is whole
 * events, or parts of long ones, so that nothing has to be held back.
 *
 * @module
 */

import type {
  EncodeOptions,
  ObserveOptions,
  StreamEncoder,
  StreamEnding,
  StreamTranslation,
} from "../../../core/format.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { GeminiStreamEncoder } from "./stream_encoder.ts";
import { GeminiStreamObserver } from "./stream_observer.ts";

const LF = 10;
const CR = 13;
const SPACE = 32;
const DATA = new TextEncoder().encode("data:");

/** Where in an event a byte is. */
type Place = "line start" | "field name" | "before data" | "data" | "other line";

/** Makes the items of one stream; create one per response. */
export class ArrayFraming {
  readonly #writer = new ByteWriter();
  #place: Place = "line start";
  /** Characters of `data:` that the line has begun with. */
  #matched = 0;
  /** A line of data of this event has been written. */
  #isInItem = false;
  #hasItems = false;
  /** The byte before was a CR: an LF behind it ends the same line. */
  #isAfterCr = false;
  /** Where the next ones of this push are, as far as they were looked for: each is looked for once. */
  #nextLf = -1;
  #nextCr = -1;

  /** The bytes of events in, those of their items out. */
  push(events: Uint8Array): Uint8Array<ArrayBuffer> {
    this.#nextLf = -1;
    this.#nextCr = -1;
    for (let at = 0; at < events.length;) at = this.#step(events, at);
    return this.#writer.take();
  }

  /** The end of the array. */
  end(): Uint8Array<ArrayBuffer> {
    this.#writer.writeText(this.#hasItems ? "]\n" : "[]\n");
    return this.#writer.take();
  }

  /** Takes a byte, or all of a line that stays what it is; returns where the next one is. */
  #step(bytes: Uint8Array, at: number): number {
    const byte = bytes[at];
    if (byte === LF && this.#isAfterCr) {
      this.#isAfterCr = false;
      return at + 1;
    }
    const isLineEnd = byte === LF || byte === CR;
    this.#isAfterCr = byte === CR;
    switch (this.#place) {
      case "line start":
        if (isLineEnd) this.#isInItem = false;
        else {
          this.#matched = 0;
          this.#matchName(byte);
        }
        return at + 1;
      case "field name":
        if (isLineEnd) this.#place = "line start";
        else this.#matchName(byte);
        return at + 1;
      case "before data":
        this.#place = "data";
        this.#beginData();
        return byte === SPACE ? at + 1 : at;
      case "data":
      case "other line": {
        const end = this.#lineEnd(bytes, at);
        if (this.#place === "data") this.#writer.writeBytes(bytes.subarray(at, end));
        if (end === bytes.length) return end;
        this.#place = "line start";
        this.#isAfterCr = bytes[end] === CR;
        return end + 1;
      }
    }
  }

  #lineEnd(bytes: Uint8Array, from: number): number {
    if (this.#nextLf < from) this.#nextLf = indexFrom(bytes, LF, from);
    if (this.#nextCr < from) this.#nextCr = indexFrom(bytes, CR, from);
    return Math.min(this.#nextLf, this.#nextCr);
  }

  #matchName(byte: number | undefined): void {
    if (byte !== DATA[this.#matched]) {
      this.#place = "other line";
      return;
    }
    this.#matched++;
    this.#place = this.#matched === DATA.length ? "before data" : "field name";
  }

  #beginData(): void {
    if (this.#isInItem) this.#writer.writeText("\n");
    else this.#writer.writeText(this.#hasItems ? ",\r\n" : "[");
    this.#isInItem = true;
    this.#hasItems = true;
  }
}

/** Writes a stream of answers as an array. */
export class ArrayStreamEncoder implements StreamEncoder {
  readonly #encoder: StreamEncoder;
  readonly #framing = new ArrayFraming();

  constructor(options: EncodeOptions) {
    this.#encoder = new GeminiStreamEncoder(options);
  }

  encode(events: Parameters<StreamEncoder["encode"]>[0]): Uint8Array<ArrayBuffer> {
    return this.#framing.push(this.#encoder.encode(events));
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    return closed(this.#framing, this.#encoder.close(ending));
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#framing.push(this.#encoder.keepAlive(form));
  }
}

/** Relays a stream of the provider's events as an array. */
export class ArrayStreamObserver implements StreamTranslation {
  readonly #observer: StreamTranslation;
  readonly #framing = new ArrayFraming();

  constructor(options: ObserveOptions) {
    this.#observer = new GeminiStreamObserver(options);
  }

  get progress(): StreamTranslation["progress"] {
    return this.#observer.progress;
  }

  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return this.#framing.push(this.#observer.push(chunk));
  }

  flush(): Uint8Array<ArrayBuffer> {
    return this.#framing.push(this.#observer.flush());
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    return closed(this.#framing, this.#observer.close(ending));
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#framing.push(this.#observer.keepAlive(form));
  }
}

function closed(framing: ArrayFraming, last: Uint8Array): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.writeBytes(framing.push(last));
  writer.writeBytes(framing.end());
  return writer.take();
}

function indexFrom(bytes: Uint8Array, byte: number, from: number): number {
  const index = bytes.indexOf(byte, from);
  return index < 0 ? bytes.length : index;
}
