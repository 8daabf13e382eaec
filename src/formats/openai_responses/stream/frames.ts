/**
 * Frames of a stream of Responses. Each has its `event:` name, its number, and no data behind the last.
 *
 * @module
 */

import type { JsonObject } from "../../../core/text/json.ts";
import type { ByteWriter } from "../../../bytes/byte_writer.ts";
import { toJsonText } from "../../../framing/sse_encoder.ts";
import type { DeltaForm, EventSink } from "../answer/event_sink.ts";

const utf8 = new TextEncoder();

/** What stands around the number and the text of a delta. */
interface EncodedForm {
  readonly start: Uint8Array;
  readonly middle: Uint8Array;
  readonly end: Uint8Array;
}

/** Numbers the events of one stream from 0 and writes each as a frame. */
export class FrameSink implements EventSink {
  readonly #writer: ByteWriter;
  #number = 0;
  /** The form of the last delta, which is mostly that of the next. */
  #form: DeltaForm | undefined;
  #encoded: EncodedForm | undefined;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  write(type: string, fields: JsonObject): void {
    const data = toJsonText({ type, sequence_number: this.#number++, ...fields });
    this.#writer.writeText(`event: ${type}\ndata: ${data}\n\n`);
  }

  delta(form: DeltaForm, text: string): void {
    if (form !== this.#form || this.#encoded === undefined) {
      this.#form = form;
      this.#encoded = encodeForm(form);
    }
    const { start, middle, end } = this.#encoded;
    this.#writer.writeBytes(start);
    this.#writer.writeText(String(this.#number++));
    this.#writer.writeBytes(middle);
    this.#writer.writeText(toJsonText(text));
    this.#writer.writeBytes(end);
  }
}

function encodeForm({ type, place, rest = {} }: DeltaForm): EncodedForm {
  const members = JSON.stringify(rest).slice(1, -1);
  return {
    start: utf8.encode(`event: ${type}\ndata: {"type":"${type}","sequence_number":`),
    middle: utf8.encode(`,${JSON.stringify(place).slice(1, -1)},"delta":`),
    end: utf8.encode(`${members === "" ? "" : `,${members}`}}\n\n`),
  };
}
