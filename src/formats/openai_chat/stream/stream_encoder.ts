/**
 * Writes a stream of `chat.completion.chunk` events.
 *
 * From event to event little of a chunk changes, so its ends are kept as bytes and only what is
 * new becomes JSON.
 *
 * @module
 */

import type { ChatEvent, Usage } from "../../../core/chat/chat.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/format.ts";
import {
  DONE_EVENT,
  encodeSseComment,
  encodeSseData,
  toJsonText,
} from "../../../framing/sse_encoder.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { encodeError } from "../errors/errors.ts";
import { encodeFinishReason } from "../answer/finish_reason.ts";
import { type PartDelta, PartDeltas } from "../answer/part_deltas.ts";
import { encodeUsage } from "../answer/usage.ts";
import { answerId, NAME } from "../name.ts";

type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

const utf8 = new TextEncoder();

/** Encodes one stream; create one per response. */
export class OpenaiChatStreamEncoder implements StreamEncoder {
  readonly #options: EncodeOptions;
  readonly #writer = new ByteWriter();
  /** `data: {"id":...,"choices":[`, fixed once the upstream has said who it is. */
  #chunkStart: string;
  /** `]}` and the blank line, with `"usage":null` in between for a client that asked for usage. */
  readonly #chunkEnd: string;
  /** By open text, what stands before more of it in a content chunk, the commonest by far. */
  readonly #contentStarts = new Map<number, Uint8Array>();
  /** What stands after it; made for the first, because a stream that is only watched has none. */
  #contentEnd: Uint8Array | undefined;
  /** Choices whose role was written: SDKs want it once, and before anything else. */
  readonly #startedChoices = new Set<number>();
  /** Written once at the end: some upstreams finish a choice twice, and the last word counts. */
  readonly #finishes = new Map<number, Finish>();
  readonly #parts: PartDeltas;
  #usage: Usage | undefined;

  constructor(given: EncodeOptions) {
    const options = { ...given, id: answerId(given.id) };
    this.#options = options;
    this.#parts = new PartDeltas(options.id);
    this.#chunkStart = chunkStart(options);
    this.#chunkEnd = options.includeUsage ? `],"usage":null}\n\n` : `]}\n\n`;
  }

  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    for (const event of events) this.#writeEvent(event);
    return this.#writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed") {
      this.#writer.writeText(encodeSseData(JSON.stringify(encodeError(ending.error))));
      return this.#writer.take();
    }
    for (const finish of this.#finishes.values()) this.#writeFinish(finish);
    if (this.#options.includeUsage && this.#usage !== undefined) {
      this.#writer.writeText(
        `${this.#chunkStart}],"usage":${toJsonText(encodeUsage(this.#usage))}}\n\n`,
      );
    }
    this.#writer.writeText(DONE_EVENT);
    return this.#writer.take();
  }

  /**
   * As a chunk: an empty delta of the first choice, which every client takes for no news, where
   * `choices: []` makes some of them fail (T24).
   */
  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    if (form === "comment") this.#writer.writeText(encodeSseComment("keep-alive"));
    else this.#writeDelta(0, "{}");
    return this.#writer.take();
  }

  #writeEvent(event: ChatEvent): void {
    switch (event.type) {
      case "block_delta":
        if (!this.#writeMoreContent(event.block, event.text)) {
          this.#writePart(this.#parts.add(event.block, event.text), event.block);
        }
        break;
      case "start": {
        const { id, model, createdSeconds } = this.#options;
        this.#chunkStart = chunkStart({ id, model, createdSeconds, ...event });
        this.#contentStarts.clear();
        break;
      }
      case "block_start":
        this.#writePart(this.#parts.begin(event), event.block);
        break;
      case "block_seal":
        this.#writePart(this.#parts.seal(event.block, event.seal), event.block);
        break;
      case "block_citation":
        this.#writePart(this.#parts.cite(event.block, event.citation), event.block);
        break;
      case "block_end":
        this.#contentStarts.delete(event.block);
        this.#writePart(this.#parts.end(event.block), event.block);
        break;
      case "logprobs": {
        const { choice, content = null, refusal = null } = event;
        this.#writeRole(choice);
        this.#writeChunk(choice, "{}", toJsonText({ content, refusal }), "null");
        break;
      }
      case "native":
        if (event.format === NAME) {
          this.#writeRole(event.choice);
          this.#writeDelta(event.choice, toJsonText({ [event.name]: event.value }));
        }
        break;
      case "finish":
        this.#finishes.set(event.choice, event);
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "fault": // How the stream ends is for `close` to write.
      case "end":
        break;
    }
  }

  /** Whether the block is a text that has begun, whose chunks differ in their text alone. */
  #writeMoreContent(block: number, text: string): boolean {
    const start = this.#contentStarts.get(block);
    if (start === undefined) return false;
    this.#writer.writeBytes(start);
    this.#writer.writeText(toJsonText(text));
    this.#contentEnd ??= utf8.encode(`},"logprobs":null,"finish_reason":null}${this.#chunkEnd}`);
    this.#writer.writeBytes(this.#contentEnd);
    return true;
  }

  #writePart(part: PartDelta | undefined, block: number): void {
    if (part === undefined) return;
    const { choice, delta } = part;
    this.#writeRole(choice);
    const { content } = delta;
    if (typeof content !== "string") {
      this.#writeDelta(choice, toJsonText(delta));
      return;
    }
    const start = `${this.#chunkStart}{"index":${choice},"delta":{"content":`;
    this.#contentStarts.set(block, utf8.encode(start));
    this.#writeMoreContent(block, content);
  }

  #writeFinish({ choice, reason, raw, stopSequence, explanation }: Finish): void {
    this.#writeRole(choice);
    if (explanation !== undefined) {
      this.#writeDelta(choice, toJsonText({ refusal: explanation }));
    }
    const word = toJsonText(encodeFinishReason(reason, raw));
    const stop = stopSequence === undefined ? "" : `,"stop_reason":${toJsonText(stopSequence)}`;
    this.#writeChunk(choice, "{}", "null", word + stop);
  }

  #writeRole(choice: number): void {
    if (this.#startedChoices.has(choice)) return;
    this.#startedChoices.add(choice);
    this.#writeDelta(choice, `{"role":"assistant","content":""}`);
  }

  #writeDelta(choice: number, delta: string): void {
    this.#writeChunk(choice, delta, "null", "null");
  }

  /** All but the index are JSON text already; behind the finish reason further members may stand. */
  #writeChunk(choice: number, delta: string, logprobs: string, finishReason: string): void {
    this.#writer.writeText(
      `${this.#chunkStart}{"index":${choice},"delta":${delta},"logprobs":${logprobs},` +
        `"finish_reason":${finishReason}}${this.#chunkEnd}`,
    );
  }
}

function chunkStart(
  { id, model, createdSeconds }: Pick<EncodeOptions, "id" | "model" | "createdSeconds">,
): string {
  return `data: {"id":${toJsonText(id)},"object":"chat.completion.chunk",` +
    `"created":${createdSeconds},"model":${toJsonText(model)},"choices":[`;
}
