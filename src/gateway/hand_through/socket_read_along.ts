/** Reads the events that a provider sends over a WebSocket along with their client, for what they count. */

import type { Usage } from "../../core/chat/chat.ts";
import type { HandedFormat } from "../../core/format.ts";
import { sumOf } from "../../core/chat/usage.ts";

/** Longer ones are sounds and pictures. */
const MAX_EVENT_BYTES = 1_048_576;
const QUOTE = 0x22;
const utf8 = new TextEncoder();
/** Only events with one of these are read; texts in base64, which are long, have no quotes. */
const TELLING = [`"usage"`, `"response.created"`, `"response.done"`].map((word) =>
  utf8.encode(word)
);
const decoder = new TextDecoder();

export class SocketReadAlong {
  readonly #format: HandedFormat;
  usage: Usage | undefined;
  model: string | undefined;
  /** A response is being made. */
  isAnswering = false;

  constructor(format: HandedFormat) {
    this.#format = format;
  }

  note(message: Uint8Array): void {
    if (message.length > MAX_EVENT_BYTES || !isTelling(message)) return;
    const text = decoder.decode(message);
    if (text.includes(`"response.created"`)) this.isAnswering = true;
    if (text.includes(`"response.done"`)) this.isAnswering = false;
    const { usage, model } = this.#format.factsOfEvent("message", text);
    if (usage !== undefined) this.usage = added(this.usage, usage);
    this.model = model ?? this.model;
  }
}

function isTelling(message: Uint8Array): boolean {
  for (let at = message.indexOf(QUOTE); at !== -1; at = message.indexOf(QUOTE, at + 1)) {
    if (TELLING.some((word) => startsWith(message, at, word))) return true;
  }
  return false;
}

function startsWith(message: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let index = 0; index < word.length; index++) {
    if (message[start + index] !== word[index]) return false;
  }
  return true;
}

/** Each response of a connection counts for itself. */
function added(before: Usage | undefined, usage: Usage): Usage {
  return before === undefined ? usage : sumOf(before, usage);
}
