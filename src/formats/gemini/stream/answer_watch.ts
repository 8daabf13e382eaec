/**
 * Follows a stream that passes unchanged: what is known of it so far.
 *
 * @module
 */

import { EventProgress } from "../../../core/chat/stream_progress.ts";
import type { Usage } from "../../../core/chat/chat.ts";
import { type JsonObject, parseAnswerObject } from "../../../core/text/json.ts";
import { HeldBytes } from "../../../bytes/held_bytes.ts";
import { AnswerReader } from "./answer_reader.ts";

const utf8 = new TextDecoder();

/** Watches one stream; create one per response. */
export class AnswerWatch extends EventProgress {
  readonly #reader: AnswerReader;
  /** The last event that was not read: those before it say nothing that it does not. */
  readonly #unread = new HeldBytes();

  constructor(choices: number) {
    super(choices);
    this.#reader = new AnswerReader(choices, true);
  }

  /** Every event counts anew, so that the last one is read where somebody asks. */
  override get usage(): Usage | undefined {
    this.#readUnread();
    return super.usage;
  }

  override set usage(usage: Usage | undefined) {
    super.usage = usage;
  }

  /** Takes one event of the stream into account. */
  noteBody(body: JsonObject): void {
    this.#readUnread();
    for (const event of this.#reader.read(body)) this.note(event);
  }

  /** The same for one that only has counts to tell, in the form of the last one that was read. */
  notePlainEvent(bytes: Uint8Array, start: number, end: number): void {
    this.#unread.clear();
    this.#unread.append(bytes, start, end);
  }

  /** The body has ended properly. */
  noteEnd(): void {
    for (const event of this.#reader.end()) this.note(event);
  }

  #readUnread(): void {
    if (this.#unread.length === 0) return;
    const text = utf8.decode(this.#unread.view());
    this.#unread.clear();
    const body = parseAnswerObject(text.slice(text.indexOf("{")));
    if (body !== undefined) this.noteBody(body);
  }
}
