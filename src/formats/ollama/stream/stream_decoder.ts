/**
 * Reads a stream of Ollama's: a JSON object a line (T105).
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { StreamDecoder, StreamOptions } from "../../../core/format.ts";
import { parseJsonObject } from "../../../core/text/json.ts";
import { NdjsonDecoder } from "../../../framing/ndjson_decoder.ts";
import { RepeatedText } from "../../repeated_text.ts";
import type { AnswerShape } from "../answer/answer_shape.ts";
import { ObjectReader } from "../answer/object_reader.ts";

/**
 * The moment of a line, which differs from line to line while nothing else but the text does. Its place in
 * front of the text is the one that Ollama gives it.
 */
const CREATED_AT = /"created_at":"[-+:.\dTZ]{10,40}",/;

/** Decodes one stream; create one per response. Nothing counts after its last object or a fault. */
export class OllamaStreamDecoder implements StreamDecoder {
  malformedEvents = 0;
  readonly #lines: NdjsonDecoder;
  readonly #reader: ObjectReader;
  readonly #repeated: RepeatedText;
  #isOver = false;

  constructor(shape: AnswerShape, { maxEventBytes }: StreamOptions) {
    this.#lines = new NdjsonDecoder({ maxLineBytes: maxEventBytes });
    this.#reader = new ObjectReader(shape);
    this.#repeated = new RepeatedText(
      new RegExp(`"(?:${shape.textField}|thinking)": ?"`, "g"),
      (line) => this.#read(line),
    );
  }

  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[] {
    return this.#isOver ? [] : this.#decode(this.#lines.push(chunk));
  }

  flush(): readonly ChatEvent[] {
    return this.#isOver ? [] : this.#decode(this.#lines.flush());
  }

  #decode(lines: readonly string[]): readonly ChatEvent[] {
    const events: ChatEvent[] = [];
    for (const line of lines) {
      if (this.#isOver) return events;
      const undated = line.replace(CREATED_AT, "");
      const repeated = this.#repeated.read(undated);
      if (repeated !== undefined) {
        events.push(repeated);
        continue;
      }
      const decoded = this.#read(line);
      this.#repeated.learn(undated, decoded);
      events.push(...decoded);
      this.#isOver = decoded.some(({ type }) => type === "fault" || type === "end");
    }
    return events;
  }

  #read(line: string): readonly ChatEvent[] {
    const body = parseJsonObject(line);
    if (body !== undefined) return this.#reader.read(body);
    this.malformedEvents++;
    return [];
  }
}
