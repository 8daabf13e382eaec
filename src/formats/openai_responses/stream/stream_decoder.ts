/**
 * Reads a stream of Responses events.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat.ts";
import type { StreamDecoder, StreamOptions } from "../../../core/format.ts";
import { BareBody } from "../../openai_chat/stream/bare_body.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import { decodeBareBody } from "../answer/answer.ts";
import { readEventData } from "./event_data.ts";
import { plainForm } from "./plain_form.ts";
import { RepeatedText } from "../../repeated_text.ts";
import { EventReader } from "./event_reader.ts";

const TEXT_DELTA = "response.output_text.delta";

/** What stands before the text of a delta. */
const TEXT_START = /"delta": ?"/g;

/** Decodes one stream; create one per response. Nothing counts after its end or a fault. */
export class ResponsesStreamDecoder implements StreamDecoder {
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #reader = new EventReader();
  readonly #repeated = new RepeatedText(
    TEXT_START,
    (data) => this.#decodeEvent({ event: TEXT_DELTA, data, id: "" }),
  );
  #malformedEvents = 0;
  #isOver = false;

  constructor({ maxEventBytes }: StreamOptions) {
    this.#sse = new SseDecoder({ maxEventBytes });
    this.#bareBody = new BareBody({ maxBytes: maxEventBytes });
  }

  get malformedEvents(): number {
    return this.#malformedEvents + this.#reader.misplacedEvents;
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    if (this.#isOver) return [];
    return this.#decode(this.#sse.push(this.#bareBody.takeFrom(chunk)));
  }

  flush(): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const body = this.#bareBody.parse();
    if (body === undefined) return this.#decode(this.#sse.flush());
    const events: ChatEvent[] = [];
    this.#addCounting(decodeBareBody(body), events);
    return events;
  }

  #decode(sseEvents: readonly SseEvent[]): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    for (const sseEvent of sseEvents) {
      if (this.#isOver) break;
      const { event: name, data } = sseEvent;
      const form = name === TEXT_DELTA ? plainForm(data) : undefined;
      const repeated = form === undefined ? undefined : this.#repeated.read(form);
      if (repeated !== undefined) {
        events.push(repeated);
        continue;
      }
      const decoded = this.#decodeEvent(sseEvent);
      this.#addCounting(decoded, events);
      this.#repeated.learn(form ?? data, decoded);
    }
    return events;
  }

  #decodeEvent(sseEvent: SseEvent): readonly ChatEvent[] {
    const data = readEventData(sseEvent);
    if (data.kind === "event") return this.#reader.read(data.body);
    if (data.kind === "malformed") this.#malformedEvents++;
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
