/**
 * Writes a stream of `chat.completion.chunk` events.
 *
 * From event to event little of a chunk changes, so its ends are kept as bytes and only what is
 * new becomes JSON.
 *
 * @module
 */

import type { ChatEvent, Usage } from "../../../core/chat_event.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/dialect.ts";
import type { JsonObject, JsonValue } from "../../../core/json.ts";
import { DONE_EVENT, encodeSseComment, encodeSseData } from "../../../framing/sse_encoder.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { encodeError } from "../errors/errors.ts";
import { encodeFinishReason } from "../answer/finish_reason.ts";
import { ToolCallDeltas } from "../answer/tool_call_deltas.ts";
import { encodeUsage } from "../answer/usage.ts";

const utf8 = new TextEncoder();

// Characters that end a line to some clients (T20); JSON may spell them as escapes.
const UNICODE_LINE_END = /[\u0085\u2028\u2029]/;

/** Encodes one stream; create one per response. */
export class OpenaiChatStreamEncoder implements StreamEncoder {
  readonly #options: EncodeOptions;
  readonly #writer = new ByteWriter();
  /** `data: {"id":...,"choices":[`, fixed once the upstream has said who it is. */
  #chunkStart: string;
  /** `]}` and the blank line, with `"usage":null` in between for a client that asked for usage. */
  readonly #chunkEnd: string;
  /** By choice, what stands before the text of a content chunk, the commonest by far. */
  readonly #contentStarts = new Map<number, Uint8Array>();
  /** What stands after it; made for the first, because a stream that is only watched has none. */
  #contentEnd: Uint8Array | undefined;
  /** Choices whose role was written: SDKs want it once, and before anything else. */
  readonly #startedChoices = new Set<number>();
  /** Written once at the end: some upstreams finish a choice twice, and the last word counts. */
  readonly #finishReasons = new Map<number, string>();
  readonly #toolCalls: ToolCallDeltas;
  #usage: Usage | undefined;

  constructor(options: EncodeOptions) {
    this.#options = options;
    this.#toolCalls = new ToolCallDeltas(options.id);
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
    for (const [choice, word] of this.#finishReasons) {
      this.#writeRole(choice);
      this.#writeChunk(choice, "{}", "null", toJsonText(word));
    }
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
      case "start": {
        const { id, model, createdSeconds } = this.#options;
        this.#chunkStart = chunkStart({ id, model, createdSeconds, ...event });
        this.#contentStarts.clear();
        break;
      }
      case "text":
        this.#writeRole(event.choice);
        this.#writer.writeBytes(this.#contentStartOf(event.choice));
        this.#writer.writeText(toJsonText(event.text));
        this.#contentEnd ??= utf8.encode(
          `},"logprobs":null,"finish_reason":null}${this.#chunkEnd}`,
        );
        this.#writer.writeBytes(this.#contentEnd);
        break;
      case "reasoning": {
        // Clients know one name or the other (T37).
        const text = toJsonText(event.text);
        this.#writePart(event.choice, `{"reasoning_content":${text},"reasoning":${text}}`);
        break;
      }
      case "refusal":
        this.#writePart(event.choice, `{"refusal":${toJsonText(event.text)}}`);
        break;
      case "tool_call":
        this.#writeToolCall(event.choice, this.#toolCalls.begin(event));
        break;
      case "tool_input":
        this.#writeToolCall(event.choice, this.#toolCalls.input(event));
        break;
      case "logprobs": {
        const { choice, content = null, refusal = null } = event;
        this.#writeRole(choice);
        this.#writeChunk(choice, "{}", toJsonText({ content, refusal }), "null");
        break;
      }
      case "extension":
        this.#writePart(event.choice, toJsonText({ [event.name]: event.value }));
        break;
      case "finish":
        this.#finishReasons.set(event.choice, encodeFinishReason(event.reason, event.raw));
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "signature": // OpenAI has no place for it.
      case "fault": // How the stream ends is for `close` to write.
      case "end":
        break;
    }
  }

  #contentStartOf(choice: number): Uint8Array {
    const known = this.#contentStarts.get(choice);
    if (known !== undefined) return known;
    const start = utf8.encode(`${this.#chunkStart}{"index":${choice},"delta":{"content":`);
    this.#contentStarts.set(choice, start);
    return start;
  }

  #writeToolCall(choice: number, entry: JsonObject): void {
    this.#writePart(choice, `{"tool_calls":[${toJsonText(entry)}]}`);
  }

  #writePart(choice: number, delta: string): void {
    this.#writeRole(choice);
    this.#writeDelta(choice, delta);
  }

  #writeRole(choice: number): void {
    if (this.#startedChoices.has(choice)) return;
    this.#startedChoices.add(choice);
    this.#writeDelta(choice, `{"role":"assistant","content":""}`);
  }

  #writeDelta(choice: number, delta: string): void {
    this.#writeChunk(choice, delta, "null", "null");
  }

  /** All but the index are JSON text already. */
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

function toJsonText(value: JsonValue): string {
  const json = JSON.stringify(value);
  return UNICODE_LINE_END.test(json) ? escapeLineEnds(json) : json;
}

function escapeLineEnds(json: string): string {
  return json.replaceAll("\u0085", "\\u0085").replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
