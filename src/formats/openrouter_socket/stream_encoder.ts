/**
 * Writes a stream as messages of JSON, with a line feed behind each.
 *
 * None has an id: a stream may be shared by requests of the same words, each with an id of its own.
 *
 * From piece to piece little but the text changes, so the rest is kept as bytes.
 *
 * @module
 */

import type { ChatEvent, Usage } from "../../core/chat/chat.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../core/format.ts";
import type { JsonObject } from "../../core/text/json.ts";
import { ByteWriter } from "../../bytes/byte_writer.ts";
import { encodeFinishReason } from "../openai_chat/answer/finish_reason.ts";
import { type PartDelta, PartDeltas } from "../openai_chat/answer/part_deltas.ts";
import { encodeUsage } from "../openai_chat/answer/usage.ts";
import { answerId, NAME as CHAT } from "../openai_chat/name.ts";
import { RESPONSE } from "./answer.ts";
import { encodeError } from "./errors.ts";

const NOTHING = new Uint8Array(0);

const utf8 = new TextEncoder();
const pieceStart = utf8.encode(`{"type":"${RESPONSE}","data":{"content":`);

/** Encodes one stream; create one per response. */
export class SocketStreamEncoder implements StreamEncoder {
  readonly #writer = new ByteWriter();
  readonly #parts: PartDeltas;
  #model: string;
  #createdSeconds: number;
  /** What follows the text of a piece. */
  #pieceEnd: Uint8Array = NOTHING;
  /** Written at the end: some upstreams finish twice, and the last word counts. */
  #finishReason: string | null = null;
  #usage: Usage | undefined;
  /** A socket's requests have one answer each, whatever number its upstream gives it. */
  #choice: number | undefined;
  /** The text that is open, the commonest part by far. */
  #text: number | undefined;

  constructor({ id, model, createdSeconds }: EncodeOptions) {
    this.#parts = new PartDeltas(answerId(id));
    this.#model = model;
    this.#createdSeconds = createdSeconds;
  }

  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    for (const event of events) {
      if ("choice" in event && event.choice !== (this.#choice ??= event.choice)) continue;
      this.#writeEvent(event);
    }
    return this.#writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed") {
      const { error } = encodeError(ending.error);
      this.#writeMessage({ type: "error", error: error ?? null });
      return this.#writer.take();
    }
    this.#writeData({
      content: "",
      finish_reason: this.#finishReason,
      ...(this.#usage !== undefined && { usage: encodeUsage(this.#usage) }),
      model: this.#model,
      created: this.#createdSeconds,
    });
    return this.#writer.take();
  }

  /** The socket has a heartbeat of its own. */
  keepAlive(): Uint8Array<ArrayBuffer> {
    return NOTHING;
  }

  #writeEvent(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        this.#model = event.model ?? this.#model;
        this.#createdSeconds = event.createdSeconds ?? this.#createdSeconds;
        this.#pieceEnd = NOTHING;
        break;
      case "block_delta":
        if (event.block === this.#text) this.#writePiece(event.text);
        else this.#writeDelta(this.#parts.add(event.block, event.text));
        break;
      case "block_start":
        if (event.part.type === "text") this.#text = event.block;
        this.#writeDelta(this.#parts.begin(event));
        break;
      case "block_seal":
        this.#writeDelta(this.#parts.seal(event.block, event.seal));
        break;
      case "block_citation":
        this.#writeDelta(this.#parts.cite(event.block, event.citation));
        break;
      case "block_end":
        if (event.block === this.#text) this.#text = undefined;
        this.#writeDelta(this.#parts.end(event.block));
        break;
      case "logprobs": {
        const { content = null, refusal = null } = event;
        this.#writePart({ logprobs: { content, refusal } });
        break;
      }
      case "native":
        if (event.format === CHAT) this.#writePart({ [event.name]: event.value });
        break;
      case "finish":
        this.#finishReason = encodeFinishReason(event.reason, event.raw);
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "fault": // How the stream ends is for `close` to write.
      case "end":
        break;
    }
  }

  #writeDelta(part: PartDelta | undefined): void {
    if (part === undefined) return;
    // The document knows the other name alone.
    const { reasoning_content: _, content, ...rest } = part.delta;
    if (typeof content === "string") this.#writePiece(content);
    else this.#writePart(rest);
  }

  #writePiece(text: string): void {
    if (this.#pieceEnd.length === 0) {
      this.#pieceEnd = utf8.encode(
        `,"finish_reason":null,"model":${JSON.stringify(this.#model)},` +
          `"created":${this.#createdSeconds}}}\n`,
      );
    }
    this.#writer.writeBytes(pieceStart);
    this.#writer.writeText(JSON.stringify(text));
    this.#writer.writeBytes(this.#pieceEnd);
  }

  /** Its content is empty, so that a client may join the content of all messages. */
  #writePart(part: JsonObject): void {
    this.#writeData({
      ...part,
      content: "",
      finish_reason: null,
      model: this.#model,
      created: this.#createdSeconds,
    });
  }

  #writeData(data: JsonObject): void {
    this.#writeMessage({ type: RESPONSE, data });
  }

  #writeMessage(message: JsonObject): void {
    this.#writer.writeText(`${JSON.stringify(message)}\n`);
  }
}
