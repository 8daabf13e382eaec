/**
 * Reads a stream of Responses events.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { SseEvent } from "../../../framing/sse_decoder.ts";
import type { EventReader } from "../../events/event_stream_decoder.ts";
import { decodeBareBody } from "../answer/answer.ts";
import { readEventData } from "./event_data.ts";
import { ResponseReader } from "./event_reader.ts";
import { plainForm } from "./plain_form.ts";

const TEXT_DELTA = "response.output_text.delta";

export class ResponsesEventReader implements EventReader {
  readonly textStart = /"delta": ?"/g;
  readonly textEvent = TEXT_DELTA;
  readonly #reader = new ResponseReader();
  #malformedEvents = 0;

  get malformedEvents(): number {
    return this.#malformedEvents + this.#reader.misplacedEvents;
  }

  repeatable({ event, data }: SseEvent): string | undefined {
    return event === TEXT_DELTA ? plainForm(data) : undefined;
  }

  read(event: SseEvent): readonly ChatEvent[] {
    const data = readEventData(event);
    if (data.kind === "event") return this.#reader.read(data.body);
    if (data.kind === "malformed") this.#malformedEvents++;
    return [];
  }

  readBare(body: JsonObject): readonly ChatEvent[] {
    return decodeBareBody(body);
  }
}
