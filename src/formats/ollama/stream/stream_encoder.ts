/**
 * Writes a stream of Ollama's: a JSON object a line, of which the last says that it is done.
 *
 * Texts leave as they come, whatever else is open. A call of a tool leaves whole, in one line, because its
 * arguments are an object (T106).
 *
 * @module
 */

import type { ChatEvent, ToolCallPart, Usage } from "../../../core/chat/chat.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/format.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { toJsonText } from "../../../framing/sse_encoder.ts";
import { encodeError } from "../errors.ts";
import type { AnswerShape, SaidFields } from "../answer/answer_shape.ts";
import { createdAt, encodeEnd } from "../answer/finish.ts";
import { growingField, saidWhole } from "../answer/said_parts.ts";

/** Of calls whose end is not there yet. */
const MAX_WAITING_CHARACTERS = 8 << 20;

/** Stands for a text while it is found where the text goes. */
const TEXT = "\u0001";

type GrowingField = "content" | "thinking";
type Finish = Extract<ChatEvent, { readonly type: "finish" }>;

/** Encodes one stream; create one per response. */
export class OllamaStreamEncoder implements StreamEncoder {
  readonly #shape: AnswerShape;
  readonly #options: EncodeOptions;
  readonly #writer = new ByteWriter();
  #start: Extract<ChatEvent, { readonly type: "start" }> | undefined;
  #finish: Finish | undefined;
  #usage: Usage | undefined;
  #firstMs: number | undefined;
  /** What stands around a text, by its field; made once, for nothing but the text differs. */
  readonly #frames = new Map<GrowingField, readonly [before: string, after: string]>();
  /** Which field the text of an open block belongs to. */
  readonly #fields = new Map<number, GrowingField>();
  /** Calls that have not ended. */
  readonly #calls = new Map<number, ToolCallPart>();
  #waitingCharacters = 0;
  /** Calls written so far. */
  #callCount = 0;

  constructor(shape: AnswerShape, options: EncodeOptions) {
    this.#shape = shape;
    this.#options = options;
  }

  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    for (const event of events) this.#take(event);
    return this.#writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed") {
      this.#writer.writeText(`${toJsonText(encodeError(ending.error))}\n`);
      return this.#writer.take();
    }
    this.#endCalls();
    const endMs = this.#elapsedMs();
    const end = encodeEnd(this.#finish, this.#usage, { firstMs: this.#firstMs ?? endMs, endMs });
    this.#writeObject({ ...this.#shape.write({ content: "" }), ...end });
    return this.#writer.take();
  }

  /** Nothing but an object may stand in a line, and one without text says nothing. */
  keepAlive(): Uint8Array<ArrayBuffer> {
    this.#writeObject({ ...this.#shape.write({ content: "" }), done: false });
    return this.#writer.take();
  }

  #take(event: ChatEvent): void {
    // A client of this format asks for one choice, so that others have nowhere to go.
    if ("choice" in event && event.choice !== 0) return;
    switch (event.type) {
      case "start":
        this.#start ??= event;
        break;
      case "block_start":
        this.#begin(event);
        break;
      case "block_delta":
        this.#continue(event.block, event.text);
        break;
      case "block_end":
        this.#end(event.block);
        break;
      case "logprobs":
        if (event.content !== undefined && event.content.length > 0) {
          const said = this.#shape.write({ content: "" });
          this.#writeObject({ ...said, done: false, logprobs: event.content });
        }
        break;
      case "finish":
        this.#finish = event;
        this.#endCalls();
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "block_seal": // The format has no place for these.
      case "block_citation":
      case "native":
      case "fault": // How the stream ends is for `close` to write.
      case "end":
        break;
    }
  }

  #begin({ block, part }: Extract<ChatEvent, { readonly type: "block_start" }>): void {
    if (part.type === "tool_call") {
      this.#calls.set(block, part);
      this.#wait(part.input.length);
      return;
    }
    const field = growingField(part);
    if (field === undefined || !("text" in part)) {
      this.#say(saidWhole(part, 0));
      return;
    }
    this.#fields.set(block, field);
    this.#writeText(field, part.text);
  }

  #continue(block: number, text: string): void {
    const field = this.#fields.get(block);
    if (field !== undefined) return this.#writeText(field, text);
    const call = this.#calls.get(block);
    if (call === undefined) return;
    this.#calls.set(block, { ...call, input: call.input + text });
    this.#wait(text.length);
  }

  #end(block: number): void {
    this.#fields.delete(block);
    const call = this.#calls.get(block);
    if (call === undefined) return;
    this.#calls.delete(block);
    this.#say(saidWhole(call, this.#callCount++));
  }

  /** Whoever finishes without ending its calls has ended them. */
  #endCalls(): void {
    for (const block of [...this.#calls.keys()]) this.#end(block);
  }

  #wait(characters: number): void {
    this.#waitingCharacters += characters + 64;
    if (this.#waitingCharacters > MAX_WAITING_CHARACTERS) throw tooLongCalls();
  }

  #say(said: SaidFields | undefined): void {
    if (said !== undefined) this.#writeObject({ ...this.#shape.write(said), done: false });
  }

  #writeText(field: GrowingField, text: string): void {
    if (text === "") return;
    let frame = this.#frames.get(field);
    if (frame === undefined) {
      const said = this.#shape.write(field === "content" ? { content: TEXT } : { thinking: TEXT });
      const [before = "", after = ""] = this.#objectText({ ...said, done: false })
        .split(JSON.stringify(TEXT));
      frame = [before, after];
      this.#frames.set(field, frame);
    }
    this.#firstMs ??= this.#elapsedMs();
    this.#writer.writeText(`${frame[0]}${toJsonText(text)}${frame[1]}\n`);
  }

  #writeObject(said: JsonObject): void {
    this.#writer.writeText(`${this.#objectText(said)}\n`);
  }

  #objectText(said: JsonObject): string {
    const model = this.#start?.model ?? this.#options.model;
    return toJsonText({ model, created_at: createdAt(this.#options), ...said });
  }

  #elapsedMs(): number {
    return this.#options.elapsedMs?.() ?? 0;
  }
}

function tooLongCalls(): GatewayError {
  return new GatewayError(
    "upstream_invalid_response",
    "The provider's calls of tools are too long to be told whole",
  );
}
