/**
 * Reads a stream of Gemini's events.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { StreamOptions } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import type { SseEvent } from "../../../framing/sse_decoder.ts";
import type { EventReader } from "../../events/event_stream_decoder.ts";
import { readAnswer, saysAnything } from "../answer/decode_answer.ts";
import { AnswerReader } from "./answer_reader.ts";
import { readEventData } from "./event_data.ts";

export class GeminiEventReader implements EventReader {
  readonly textStart = /"text": ?"/g;
  readonly textEvent = "message";
  readonly #choices: number;
  readonly #reader: AnswerReader;
  #malformedEvents = 0;

  constructor({ choices }: Pick<StreamOptions, "choices">) {
    this.#choices = choices;
    this.#reader = new AnswerReader(choices);
  }

  get malformedEvents(): number {
    return this.#malformedEvents;
  }

  /** Each counts its tokens anew, so that hardly two say the same but for their text. */
  repeatable(): undefined {
    return undefined;
  }

  read(event: SseEvent): readonly ChatEvent[] {
    const data = readEventData(event);
    if (data.kind === "event") return this.#reader.read(data.body);
    if (data.kind === "malformed") this.#malformedEvents++;
    return [];
  }

  readBare(body: JsonObject): readonly ChatEvent[] {
    return this.readBareList([body]);
  }

  readBareList(bodies: readonly JsonValue[]): readonly ChatEvent[] {
    const saying = bodies.filter(isJsonObject).filter(saysAnything);
    return saying.length > 0 ? readAnswer(saying, this.#choices) : [];
  }

  end(): readonly ChatEvent[] {
    return this.#reader.end();
  }
}
