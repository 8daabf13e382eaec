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
  /** The last event of each form that was not read: those before it say nothing that it does not. */
  readonly #unread: HeldBytes[] = [];
  /** The form of the last one of all. */
  #last = 0;

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

  /** The same for one that only has counts to tell, in one of the two forms that were read last. */
  notePlainEvent(form: number, bytes: Uint8Array, start: number, end: number): void {
    const unread = this.#unread[form] ??= new HeldBytes();
    unread.clear();
    unread.append(bytes, start, end);
    this.#last = form;
  }

  /** The body has ended properly. */
  noteEnd(): void {
    for (const event of this.#reader.end()) this.note(event);
  }

  /** In their order: what the last one does not tell still holds. */
  #readUnread(): void {
    this.#read(this.#unread[1 - this.#last]);
    this.#read(this.#unread[this.#last]);
  }

  #read(unread: HeldBytes | undefined): void {
    if (unread === undefined || unread.length === 0) return;
    const text = utf8.decode(unread.view());
    unread.clear();
    const body = parseAnswerObject(text.slice(text.indexOf("{")));
    for (const event of body === undefined ? [] : this.#reader.read(body)) this.note(event);
  }
}
