/**
 * Reads a stream of `chat.completion.chunk` events.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { SseEvent } from "../../../framing/sse_decoder.ts";
import type { EventReader } from "../../events/event_stream_decoder.ts";
import { ChunkDecoder } from "../answer/chunk.ts";
import { readEventData } from "./event_data.ts";

export class ChunkReader implements EventReader {
  readonly textStart = /"content": ?"/g;
  readonly textEvent = "message";
  malformedEvents = 0;
  readonly #chunks = new ChunkDecoder();

  repeatable({ event, data }: SseEvent): string | undefined {
    return event === "message" ? data : undefined;
  }

  read(event: SseEvent): readonly ChatEvent[] {
    const data = readEventData(event);
    if (data.kind === "chunk") return this.#chunks.decode(data.body, "delta", data.isError);
    if (data.kind === "done") return [...this.#chunks.end(), { type: "end" }];
    if (data.kind === "malformed") this.malformedEvents++;
    return [];
  }

  /** It is whole, as no stream is without its end mark. */
  readBare(body: JsonObject): readonly ChatEvent[] {
    return [...this.#chunks.decode(body, "message"), ...this.#chunks.end(), { type: "end" }];
  }

  end(): readonly ChatEvent[] {
    return this.#chunks.end();
  }
}
