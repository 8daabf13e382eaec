/**
 * Reads a stream of Messages events.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { SseEvent } from "../../../framing/sse_decoder.ts";
import type { EventReader } from "../../events/event_stream_decoder.ts";
import { decodeBareBody } from "../answer/answer.ts";
import { readEventData } from "./event_data.ts";
import { MessageReader } from "./message_reader.ts";

export class MessagesEventReader implements EventReader {
  readonly textStart = /"(?:text|thinking)": ?"/g;
  readonly textEvent = "message";
  readonly #reader = new MessageReader();
  #malformedEvents = 0;

  get malformedEvents(): number {
    return this.#malformedEvents + this.#reader.misplacedEvents;
  }

  repeatable({ event, data }: SseEvent): string | undefined {
    return event === "content_block_delta" || event === "message" ? data : undefined;
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
