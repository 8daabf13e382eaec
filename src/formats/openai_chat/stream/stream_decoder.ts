/**
 * Reads a stream of `chat.completion.chunk` events.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat.ts";
import type { StreamDecoder, StreamOptions } from "../../../core/format.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import { RepeatedText } from "../../repeated_text.ts";
import { BareBody } from "./bare_body.ts";
import { ChunkDecoder } from "../answer/chunk.ts";
import { readEventData } from "./event_data.ts";

const TEXT_START = /"content": ?"/g;

/** Decodes one stream; create one per response. Nothing counts after its end mark or a fault. */
export class OpenaiChatStreamDecoder implements StreamDecoder {
  malformedEvents = 0;
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #chunks = new ChunkDecoder();
  readonly #repeated = new RepeatedText(
    TEXT_START,
    (data) => this.#decodeData({ event: "message", data, id: "" }),
  );
  #isOver = false;

  constructor({ maxEventBytes }: StreamOptions) {
    this.#sse = new SseDecoder({ maxEventBytes });
    this.#bareBody = new BareBody({ maxBytes: maxEventBytes });
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    if (this.#isOver) return [];
    return this.#decode(this.#sse.push(this.#bareBody.takeFrom(chunk)));
  }

  flush(): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const body = this.#bareBody.parse();
    const events: ChatEvent[] = [];
    if (body === undefined) {
      events.push(...this.#decode(this.#sse.flush()));
      if (!this.#isOver) events.push(...this.#chunks.end());
    } else {
      // It is whole, as no stream is without its end mark.
      this.#addCounting(
        [...this.#chunks.decode(body, "message"), ...this.#chunks.end(), { type: "end" }],
        events,
      );
    }
    return events;
  }

  #decode(sseEvents: readonly SseEvent[]): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    for (const sseEvent of sseEvents) {
      if (this.#isOver) break;
      const isMessage = sseEvent.event === "message";
      const repeated = isMessage ? this.#repeated.read(sseEvent.data) : undefined;
      if (repeated !== undefined) {
        events.push(repeated);
        continue;
      }
      const decoded = this.#decodeData(sseEvent);
      this.#addCounting(decoded, events);
      if (isMessage) this.#repeated.learn(sseEvent.data, decoded);
    }
    return events;
  }

  #decodeData(sseEvent: SseEvent): readonly ChatEvent[] {
    const data = readEventData(sseEvent);
    if (data.kind === "chunk") return this.#chunks.decode(data.body, "delta", data.isError);
    if (data.kind === "done") return [...this.#chunks.end(), { type: "end" }];
    if (data.kind === "malformed") this.malformedEvents++;
    return [];
  }

  #addCounting(decoded: readonly ChatEvent[], events: ChatEvent[]): void {
    for (const event of decoded) {
      if (this.#isOver) return;
      events.push(event);
      this.#isOver = event.type === "fault" || event.type === "end";
    }
  }
}
