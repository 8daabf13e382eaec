/** The events of a stream as texts, for clients that read them without frames. */

import { SseDecoder } from "../../../framing/sse_decoder.ts";

/** What some servers end every stream with. */
const DONE = "[DONE]";

/** Reads one stream; create one per response. */
export class EventTexts {
  readonly #decoder: SseDecoder;

  /** @param maxEventBytes Longest event; those of a provider that pass unread may be longer. */
  constructor(maxEventBytes: number) {
    this.#decoder = new SseDecoder({ maxEventBytes });
  }

  /** Takes a chunk and returns the JSON texts of the events that it completes. Throws `event_too_large`. */
  push(chunk: Uint8Array): readonly string[] {
    return this.#decoder.push(chunk).map(({ data }) => data).filter((data) => data !== DONE);
  }
}
