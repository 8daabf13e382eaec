/**
 * Writes the events of one block: its start, its deltas, its end.
 *
 * @module
 */

import type { Citation, Seal } from "../../../core/chat/chat.ts";
import type { JsonValue } from "../../../core/text/json.ts";
import type { ByteWriter } from "../../../bytes/byte_writer.ts";
import { toJsonText } from "../../../framing/sse_encoder.ts";
import { writeFrame } from "./frames.ts";
import type { NewBlock } from "../answer/new_block.ts";

const utf8 = new TextEncoder();

const DELTA_END = utf8.encode("}}\n\n");

/** What stands before the text of a delta, by what grows. */
const DELTA_TYPES = {
  text: `"type":"text_delta","text":`,
  thinking: `"type":"thinking_delta","thinking":`,
  input: `"type":"input_json_delta","partial_json":`,
} as const;

/**
 * Writes one block. A text or reasoning begins with its first word, seal or citation: clients would send an
 * empty one back, and the API refuses it.
 */
export class BlockWriter {
  readonly #writer: ByteWriter;
  readonly #index: number;
  readonly #block: NewBlock;
  readonly #deltaStart: Uint8Array;
  #signature: string;
  #hasBegun = false;
  /** A custom tool's input becomes the text of one field, which is open. */
  #isInField = false;

  constructor(writer: ByteWriter, index: number, block: NewBlock) {
    this.#writer = writer;
    this.#index = index;
    this.#block = block;
    this.#signature = block.signature;
    this.#deltaStart = deltaStart(index, block.delta);
    if (block.delta === "input" || block.delta === "none") this.#begin();
    for (const citation of block.citations) this.#writeCitation(citation);
    this.text(block.text);
  }

  /** More of the text, reasoning or input. */
  text(text: string): void {
    if (text === "" || this.#block.delta === "none") return;
    if (!this.#hasBegun) this.#begin();
    this.#writer.writeBytes(this.#deltaStart);
    this.#writer.writeText(toJsonText(this.#block.isCustom ? this.#inField(text) : text));
    this.#writer.writeBytes(DELTA_END);
  }

  /** Clients keep the last one, and the API sends one: it is written when the block ends. */
  seal(seal: Seal): void {
    this.#signature = this.#block.signatureOf(seal) ?? this.#signature;
  }

  citation(citation: Citation): void {
    if (this.#block.takesCitation(citation)) this.#writeCitation(citation.native.value);
  }

  /** Whether there was anything to be written at all. */
  end(): boolean {
    if (this.#signature !== "") {
      if (!this.#hasBegun) this.#begin();
      this.#writeDelta({ type: "signature_delta", signature: this.#signature });
    }
    if (this.#isInField) this.#writeDelta({ type: "input_json_delta", partial_json: `"}` });
    if (!this.#hasBegun) return false;
    writeFrame(this.#writer, "content_block_stop", {
      type: "content_block_stop",
      index: this.#index,
    });
    return true;
  }

  #begin(): void {
    this.#hasBegun = true;
    writeFrame(this.#writer, "content_block_start", {
      type: "content_block_start",
      index: this.#index,
      content_block: this.#block.block,
    });
  }

  #inField(text: string): string {
    const start = this.#isInField ? "" : `{"input":"`;
    this.#isInField = true;
    return start + JSON.stringify(text).slice(1, -1);
  }

  #writeCitation(citation: JsonValue): void {
    if (!this.#hasBegun) this.#begin();
    this.#writeDelta({ type: "citations_delta", citation });
  }

  #writeDelta(delta: JsonValue): void {
    writeFrame(this.#writer, "content_block_delta", {
      type: "content_block_delta",
      index: this.#index,
      delta,
    });
  }
}

function deltaStart(index: number, grows: NewBlock["delta"]): Uint8Array {
  if (grows === "none") return new Uint8Array(0);
  return utf8.encode(
    `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},` +
      `"delta":{${DELTA_TYPES[grows]}`,
  );
}
