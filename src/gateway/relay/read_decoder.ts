/** Reads a stream past somebody who sees every event first. */

import type { ChatEvent } from "../../core/chat/chat.ts";
import type { StreamDecoder } from "../../core/format.ts";

/** Makes of the events of one answer those that go on. */
export interface EventReader {
  read(events: readonly ChatEvent[]): readonly ChatEvent[];
  /** What was held back, once the answer has ended properly. */
  end(): readonly ChatEvent[];
}

export class ReadDecoder implements StreamDecoder {
  readonly #decoder: StreamDecoder;
  readonly #reader: EventReader;

  constructor(decoder: StreamDecoder, reader: EventReader) {
    this.#decoder = decoder;
    this.#reader = reader;
  }

  get malformedEvents(): number {
    return this.#decoder.malformedEvents;
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    return this.#reader.read(this.#decoder.push(chunk));
  }

  flush(): readonly ChatEvent[] {
    return readToEnd(this.#reader, this.#decoder.flush());
  }
}

/** The last events of an answer, which may be all of them. */
export function readToEnd(reader: EventReader, events: readonly ChatEvent[]): readonly ChatEvent[] {
  return [...reader.read(events), ...reader.end()];
}
