/**
 * Decodes a stream of server-sent events, in whatever format they are.
 *
 * @module
 */

import type { ChatEvent } from "../../core/chat/chat.ts";
import type { StreamDecoder, StreamOptions } from "../../core/format.ts";
import type { JsonObject, JsonValue } from "../../core/text/json.ts";
import { SseDecoder, type SseEvent } from "../../framing/sse_decoder.ts";
import { BareBody } from "../bare_body.ts";
import { RepeatedText } from "../repeated_text.ts";

/** How a format reads one stream. */
export interface EventReader {
  /** All that may stand before a text, up to its quote; with the flag `g`. */
  readonly textStart: RegExp;
  /** Name of an event that brings text. */
  readonly textEvent: string;
  /** An event's data as it may say another's again; `undefined` of an event that brings no text. */
  repeatable(event: SseEvent): string | undefined;
  read(event: SseEvent): readonly ChatEvent[];
  /** An object where a stream was due: an error, or the whole answer. */
  readBare(body: JsonObject): readonly ChatEvent[];
  /** The same in a format whose streams may come as a list; called in place of `readBare`. */
  readBareList?(bodies: readonly JsonValue[]): readonly ChatEvent[];
  /** What the end of the body yields. */
  end?(): readonly ChatEvent[];
  /** Events that were not of the format. */
  readonly malformedEvents: number;
}

/** Create one per response. Nothing counts after its end mark or a fault. */
export class EventStreamDecoder implements StreamDecoder {
  readonly #reader: EventReader;
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #repeated: RepeatedText;
  #isOver = false;

  constructor(reader: EventReader, { maxEventBytes }: StreamOptions) {
    this.#reader = reader;
    this.#sse = new SseDecoder({ maxEventBytes });
    this.#bareBody = new BareBody({
      maxBytes: maxEventBytes,
      mayBeList: reader.readBareList !== undefined,
    });
    const { textStart, textEvent } = reader;
    this.#repeated = new RepeatedText(
      textStart,
      (data) => reader.read({ event: textEvent, data, id: "" }),
    );
  }

  get malformedEvents(): number {
    return this.#reader.malformedEvents;
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const events: ChatEvent[] = [];
    this.#decode(this.#sse.push(this.#bareBody.takeFrom(chunk)), events);
    return events;
  }

  flush(): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const events: ChatEvent[] = [];
    const bare = this.#readBare();
    if (bare !== undefined) {
      this.#addCounting(bare, events);
      return events;
    }
    this.#decode(this.#sse.flush(), events);
    if (!this.#isOver && this.#reader.end !== undefined) events.push(...this.#reader.end());
    return events;
  }

  #readBare(): readonly ChatEvent[] | undefined {
    if (this.#reader.readBareList !== undefined) {
      const bodies = this.#bareBody.parseList();
      return bodies && this.#reader.readBareList(bodies);
    }
    const body = this.#bareBody.parse();
    return body && this.#reader.readBare(body);
  }

  #decode(sseEvents: readonly SseEvent[], events: ChatEvent[]): void {
    for (const sseEvent of sseEvents) {
      if (this.#isOver) return;
      const data = this.#reader.repeatable(sseEvent);
      const repeated = data === undefined ? undefined : this.#repeated.read(data);
      if (repeated !== undefined) {
        events.push(repeated);
        continue;
      }
      const decoded = this.#reader.read(sseEvent);
      this.#addCounting(decoded, events);
      this.#repeated.learn(data ?? sseEvent.data, decoded);
    }
  }

  #addCounting(decoded: readonly ChatEvent[], events: ChatEvent[]): void {
    for (const event of decoded) {
      if (this.#isOver) return;
      events.push(event);
      this.#isOver = event.type === "fault" || event.type === "end";
    }
  }
}
