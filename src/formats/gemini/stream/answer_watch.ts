/**
 * Follows a stream that passes unchanged: what is known of it so far.
 *
 * @module
 */

import { EventProgress } from "../../../core/chat/stream_progress.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { AnswerReader } from "./answer_reader.ts";

/** Watches one stream; create one per response. */
export class AnswerWatch extends EventProgress {
  readonly #reader: AnswerReader;

  constructor(choices: number) {
    super(choices);
    this.#reader = new AnswerReader(choices, true);
  }

  /** Takes one event of the stream into account. */
  noteBody(body: JsonObject): void {
    for (const event of this.#reader.read(body)) this.note(event);
  }

  /** The body has ended properly. */
  noteEnd(): void {
    for (const event of this.#reader.end()) this.note(event);
  }
}
