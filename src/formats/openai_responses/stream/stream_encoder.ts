/**
 * Writes a stream of Responses events. Its last one is written when it is known how the answer has ended.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { Envelopes } from "../../../core/envelope.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/format.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { AnswerWriter } from "../answer/answer_writer.ts";
import { FrameSink } from "./frames.ts";

/** A comment, because an event would need a number. */
const KEEP_ALIVE = new TextEncoder().encode(": keep-alive\n\n");

/** Encodes one stream; create one per response. */
export class ResponsesStreamEncoder implements StreamEncoder {
  readonly #writer = new ByteWriter();
  readonly #answer: AnswerWriter;

  constructor(options: EncodeOptions, envelopes: Envelopes | undefined) {
    this.#answer = new AnswerWriter(options, envelopes, new FrameSink(this.#writer));
  }

  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    for (const event of events) this.#answer.take(event);
    return this.#writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "complete") this.#answer.complete();
    else this.#answer.fail(ending.error);
    return this.#writer.take();
  }

  keepAlive(): Uint8Array<ArrayBuffer> {
    return KEEP_ALIVE.slice();
  }
}
