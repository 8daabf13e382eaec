/** How much of an answer was heard, for those whose provider does not say. */

import type { ChatEvent } from "./chat.ts";

/** A usual figure for English. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * A guess at the tokens of an answer from its events, none of which has to be read: one that brings a text is a token
 * at least, and what the shortest of them has is what stands around a text in all of them.
 */
export class HeardText {
  #events = 0;
  #bytes = 0;
  #shortestBytes = Infinity;
  #characters = 0;

  /** An event that brings text, as it came. */
  noteEncoded(lengthBytes: number): void {
    this.#events += 1;
    this.#bytes += lengthBytes;
    if (lengthBytes < this.#shortestBytes) this.#shortestBytes = lengthBytes;
  }

  noteEvent(event: ChatEvent): void {
    if (event.type === "block_delta") return this.#noteText(event.text);
    if (event.type !== "block_start") return;
    const { part } = event;
    if ("text" in part) this.#noteText(part.text);
    else if (part.type === "tool_call") this.#noteText(part.name + part.input);
  }

  get tokens(): number {
    const around = this.#bytes === 0 ? 0 : this.#shortestBytes - CHARACTERS_PER_TOKEN;
    const encoded = Math.max(0, this.#bytes - this.#events * around);
    return Math.max(this.#events, Math.ceil((encoded + this.#characters) / CHARACTERS_PER_TOKEN));
  }

  #noteText(text: string): void {
    this.#characters += text.length;
  }
}
