/**
 * Writes a stream of answers, each with what has come since the one before it.
 *
 * Text leaves as it comes. Calls have no pieces here, so that one is written once it is whole. The last event has the
 * reasons to end and the counts: clients take a stream without them for one that was cut off.
 *
 * @module
 */

import type { ChatEvent, Part, Usage } from "../../../core/chat/chat.ts";
import type { EncodeOptions, StreamEncoder, StreamEnding } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { toJsonText } from "../../../framing/sse_encoder.ts";
import { answerNames, wantsThoughts } from "../answer/answer_names.ts";
import { CandidateNotes, encodeLogprobs } from "../answer/candidate_notes.ts";
import { draftOf, encodePart, type PartDraft, signatureOf } from "../answer/content_part.ts";
import { encodeUsage } from "../answer/usage.ts";
import { encodeError } from "../errors.ts";

type Start = Extract<ChatEvent, { readonly type: "start" }>;

/** A part that is not whole yet. */
interface OpenBlock {
  readonly choice: number;
  readonly notes: CandidateNotes;
  /** `text` and `thought` leave as they come, `hidden` never does. */
  readonly flow: "text" | "thought" | "hidden" | "held";
  /** Of a part that is held. */
  readonly draft: PartDraft;
}

/** Encodes one stream; create one per response. */
export class GeminiStreamEncoder implements StreamEncoder {
  readonly #options: Pick<EncodeOptions, "id" | "model">;
  readonly #showsThoughts: boolean;
  readonly #writer = new ByteWriter();
  readonly #candidates = new Map<number, CandidateNotes>();
  readonly #blocks = new Map<number, OpenBlock>();
  #start: Start | undefined;
  #usage: Usage | undefined;
  /** What ends each event but the last, once it is known. */
  #tail: string | undefined;

  constructor(options: EncodeOptions) {
    this.#options = { id: options.id, model: options.model };
    this.#showsThoughts = wantsThoughts(options.request);
  }

  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer> {
    for (const event of events) {
      if (event.type === "block_delta") this.#grow(event.block, event.text);
      else this.#take(event);
    }
    return this.#writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed") {
      this.#writeEvent(encodeError(ending.error, this.#options.id));
      return this.#writer.take();
    }
    for (const block of [...this.#blocks.keys()]) this.#end(block);
    if (this.#candidates.size === 0) this.#notesOf(0);
    const ended = [...this.#candidates].sort(([left], [right]) => left - right);
    this.#writeEvent({
      candidates: ended.map(([index, notes]) => ({
        content: { parts: [{ text: "" }], role: "model" },
        ...notes.end(index),
      })),
      usageMetadata: encodeUsage(this.#usage),
      ...answerNames(this.#start, this.#options),
    });
    return this.#writer.take();
  }

  /** Not a comment: Google's own client for JavaScript loses the event that follows one. */
  keepAlive(): Uint8Array<ArrayBuffer> {
    this.#writePart(0, `{"text":""}`);
    return this.#writer.take();
  }

  #take(event: ChatEvent): void {
    switch (event.type) {
      case "start":
        this.#start ??= event;
        break;
      case "usage":
        this.#usage = event.usage;
        break;
      case "block_start":
        this.#notesOf(event.choice).note(event);
        this.#begin(event.choice, event.block, event.part);
        break;
      case "block_seal":
        this.#seal(event);
        break;
      case "block_citation":
        this.#blocks.get(event.block)?.notes.note(event);
        break;
      case "block_end":
        this.#end(event.block);
        break;
      case "logprobs":
        this.#writeEvent({
          candidates: [{ index: event.choice, ...encodeLogprobs(event.content ?? []) }],
          ...answerNames(this.#start, this.#options),
        });
        break;
      case "finish":
      case "native":
        this.#notesOf(event.choice).note(event);
        break;
      case "block_delta": // Written where it comes.
      case "fault": // How the stream ends is for `close` to write.
      case "end":
        break;
    }
  }

  #begin(choice: number, block: number, part: Part): void {
    const flow = this.#flowOf(part);
    const draft = draftOf(part);
    this.#blocks.set(block, { choice, notes: this.#notesOf(choice), flow, draft });
    if (flow === "held" || flow === "hidden") return;
    const begun = encodePart(draft);
    if (begun !== undefined) this.#writePart(choice, toJsonText(begun));
  }

  #flowOf({ type }: Part): OpenBlock["flow"] {
    if (type === "text" || type === "refusal") return "text";
    if (type !== "reasoning") return "held";
    return this.#showsThoughts ? "thought" : "hidden";
  }

  #grow(number: number, text: string): void {
    const block = this.#blocks.get(number);
    if (block === undefined || block.flow === "hidden" || text === "") return;
    if (block.flow === "held") block.draft.text += text;
    else {
      const thought = block.flow === "thought" ? `,"thought":true` : "";
      this.#writePart(block.choice, `{"text":${toJsonText(text)}${thought}}`);
    }
  }

  #seal({ block: number, seal }: Extract<ChatEvent, { readonly type: "block_seal" }>): void {
    const block = this.#blocks.get(number);
    if (block === undefined) return;
    if (block.flow === "held") {
      block.draft.seal = seal;
      return;
    }
    const signature = signatureOf(seal);
    if (signature["thoughtSignature"] === undefined) return;
    const thought = block.flow === "thought" ? { thought: true } : {};
    this.#writePart(block.choice, toJsonText({ text: "", ...thought, ...signature }));
  }

  #end(number: number): void {
    const block = this.#blocks.get(number);
    this.#blocks.delete(number);
    if (block?.flow !== "held") return;
    const part = encodePart(block.draft);
    if (part !== undefined) this.#writePart(block.choice, toJsonText(part));
  }

  #notesOf(choice: number): CandidateNotes {
    const known = this.#candidates.get(choice);
    if (known !== undefined) return known;
    const notes = new CandidateNotes();
    this.#candidates.set(choice, notes);
    return notes;
  }

  /** @param part As JSON text. */
  #writePart(choice: number, part: string): void {
    this.#tail ??= tailOf(answerNames(this.#start, this.#options));
    this.#writer.writeText(`data: {"candidates":[{"content":{"parts":[`);
    this.#writer.writeText(part);
    this.#writer.writeText(`],"role":"model"},"index":${choice}}]${this.#tail}`);
  }

  #writeEvent(body: JsonObject): void {
    this.#writer.writeText(`data: ${toJsonText(body)}\r\n\r\n`);
  }
}

function tailOf(names: JsonObject): string {
  return `,${toJsonText(names).slice(1)}\r\n\r\n`;
}
