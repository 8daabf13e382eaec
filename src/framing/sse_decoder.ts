/**
 * Splits a byte stream into server-sent events.
 *
 * Push-based and synchronous: a chunk goes in, the events it completes come out. Bytes of an
 * unfinished event are kept as they arrived and decoded once, so an event that spans n chunks
 * costs O(n), not O(n²).
 *
 * @see {@link https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream}
 * @module
 */

import { GatewayError } from "../core/gateway_error.ts";
import { parseJson } from "../core/text/json.ts";
import { HeldBytes } from "../bytes/held_bytes.ts";
import { CR, firstBorder, lastBorder, LF } from "./sse_border.ts";

/** One event as the standard dispatches it. */
export interface SseEvent {
  /** The event's type, `message` where it names none. */
  readonly event: string;
  readonly data: string;
  /** The last event id in force, empty where none was ever sent. */
  readonly id: string;
}

const DATA_FIELD = "data: ";

// Borders are ASCII and end any unfinished character, so what lies between two can be decoded on
// its own. A byte order mark counts at the start of the stream only, so it is taken off there.
const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes one stream; create one per response.
 *
 * Lines may end in LF, CR or CRLF, and a chunk may end anywhere, even inside a UTF-8
 * character or between CR and LF. `lastEventId` and `retryMs` change with the event they stand in.
 */
export class SseDecoder {
  readonly #maxEventBytes: number;
  /** `data: {"a":` of an event whose blank line has not arrived. Empty exactly between events. */
  readonly #held = new HeldBytes();
  /**
   * The last byte of what is held; LF between events, as if a line had ended there. So the `\n` of
   * a `\r\n` cut in two after an event is one more blank line, which dispatches nothing.
   */
  #previous = LF;
  /** Nothing was decoded yet, so a byte order mark would be the stream's own. */
  #isAtStart = true;
  /** `id: 7` holds for all later events. */
  #lastEventId = "";
  #retryMs: number | undefined;
  /** An event was over its bound; what follows has no known beginning. */
  #hasFailed = false;

  constructor(options: { readonly maxEventBytes: number }) {
    this.#maxEventBytes = options.maxEventBytes;
  }

  /** The id that a reconnecting client would send, empty where there is none. */
  get lastEventId(): string {
    return this.#lastEventId;
  }

  /** The reconnection time the stream asked for. */
  get retryMs(): number | undefined {
    return this.#retryMs;
  }

  /**
   * Takes a chunk and returns the events it completes.
   *
   * Throws `GatewayError` `event_too_large` at an event over `maxEventBytes`, its blank line not
   * counted, and at every later call. Events that the same chunk completed before it are
   * returned first and the next call throws, so that the outcome does not depend on the cut.
   */
  push(chunk: Uint8Array): SseEvent[] {
    if (this.#hasFailed) throw this.#eventTooLarge();
    if (chunk.length === 0) return [];
    if (this.#held.length + chunk.length > this.#maxEventBytes) {
      return this.#pushMeasured(chunk);
    }
    const border = lastBorder(chunk, 0, this.#previous);
    if (border === 0) {
      this.#hold(chunk, 0);
      return [];
    }
    let events: SseEvent[];
    if (this.#held.length === 0) {
      // With one event a chunk the part is the whole, and `subarray` a tenth of the call.
      events = this.#decode(border === chunk.length ? chunk : chunk.subarray(0, border));
    } else {
      const first = firstBorder(chunk, 0, this.#previous);
      events = this.#decodeHeldWith(chunk, 0, first);
      if (first < border) events = events.concat(this.#decode(chunk.subarray(first, border)));
    }
    this.#previous = LF;
    this.#hold(chunk, border);
    return events;
  }

  /**
   * Ends the stream tolerantly: the standard drops an event whose blank line is missing, this
   * yields it where its data is `[DONE]` or complete JSON. A strict caller does not call it.
   *
   * Throws like `push`.
   */
  flush(): SseEvent[] {
    if (this.#hasFailed) throw this.#eventTooLarge();
    if (this.#held.length === 0) return [];
    const idBefore = this.#lastEventId;
    const text = closeBlock(normalizeLineEnds(this.#textOf(this.#held.view())));
    const events = this.#parse(text);
    this.#held.clear();
    const whole = events.filter(({ data }) => isDoneMark(data) || parseJson(data) !== undefined);
    if (whole.length === 0) this.#lastEventId = idBefore;
    return whole;
  }

  /** `push` for a chunk that may reach the bound: event by event, so that each is measured. */
  #pushMeasured(chunk: Uint8Array): SseEvent[] {
    const events: SseEvent[] = [];
    let from = 0;
    while (from < chunk.length) {
      const border = firstBorder(chunk, from, this.#previous);
      const contentEnd = border === 0 ? chunk.length : blankLineStart(chunk, from, border);
      if (this.#held.length + contentEnd - from > this.#maxEventBytes) {
        this.#hasFailed = true;
        this.#held.clear();
        if (events.length === 0) throw this.#eventTooLarge();
        return events;
      }
      if (border === 0) {
        this.#hold(chunk, from);
        return events;
      }
      events.push(...this.#decodeHeldWith(chunk, from, border));
      this.#previous = LF;
      from = border;
    }
    return events;
  }

  #hold(chunk: Uint8Array, from: number): void {
    if (from === chunk.length) return;
    this.#held.append(chunk, from, chunk.length);
    this.#previous = chunk[chunk.length - 1]!;
  }

  #decodeHeldWith(chunk: Uint8Array, from: number, to: number): SseEvent[] {
    this.#held.append(chunk, from, to);
    const events = this.#decode(this.#held.view());
    this.#held.clear();
    return events;
  }

  #decode(bytes: Uint8Array): SseEvent[] {
    return this.#parse(normalizeLineEnds(this.#textOf(bytes)));
  }

  #textOf(bytes: Uint8Array): string {
    const text = utf8.decode(bytes);
    if (!this.#isAtStart) return text;
    this.#isAtStart = false;
    return text.startsWith("\uFEFF") ? text.slice(1) : text;
  }

  /** Parses whole events: every line of `text` ends in LF, the last one is blank. */
  #parse(text: string): SseEvent[] {
    const events: SseEvent[] = [];
    let position = 0;
    while (position < text.length) {
      // Chat streams are one `data: {...}` line an event, so that form skips the field loop.
      if (text.startsWith(DATA_FIELD, position)) {
        const lineEnd = text.indexOf("\n", position);
        if (text.charCodeAt(lineEnd + 1) === LF) {
          const data = text.slice(position + DATA_FIELD.length, lineEnd);
          const event = { event: "message", data, id: this.#lastEventId };
          position = lineEnd + 2;
          // One event a chunk is the rule, and growing an empty list costs a tenth of the call.
          if (position === text.length && events.length === 0) return [event];
          events.push(event);
          continue;
        }
      }
      position = this.#parseEvent(text, position, events);
    }
    return events;
  }

  /** Parses one event of any form and returns the index after its blank line. */
  #parseEvent(text: string, start: number, events: SseEvent[]): number {
    let data: string | undefined;
    let type = "";
    let position = start;
    while (true) {
      const lineEnd = text.indexOf("\n", position);
      if (lineEnd === position) break;
      const line = text.slice(position, lineEnd);
      position = lineEnd + 1;
      const colon = line.indexOf(":");
      const name = colon === -1 ? line : line.slice(0, colon);
      const value = colon === -1 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
      if (name === "data") data = data === undefined ? value : `${data}\n${value}`;
      else if (name === "event") type = value;
      else if (name === "id" && !value.includes("\0")) this.#lastEventId = value;
      else if (name === "retry" && /^[0-9]+$/.test(value)) this.#retryMs = Number(value);
    }
    if (data !== undefined) {
      events.push({ event: type === "" ? "message" : type, data, id: this.#lastEventId });
    }
    return position + 1;
  }

  #eventTooLarge(): GatewayError {
    return new GatewayError(
      "upstream_invalid_response",
      `The upstream sent an event of more than ${this.#maxEventBytes} bytes`,
      { code: "event_too_large" },
    );
  }
}

/** Whether data is OpenAI's end mark; some servers write a space after it. */
export function isDoneMark(data: string): boolean {
  return data.trim() === "[DONE]";
}

/** Where the blank line that ends at `border` begins. */
function blankLineStart(chunk: Uint8Array, from: number, border: number): number {
  const isCrLf = chunk[border - 1] === LF && border - 2 >= from && chunk[border - 2] === CR;
  return isCrLf ? border - 2 : border - 1;
}

function normalizeLineEnds(text: string): string {
  return text.includes("\r") ? text.replaceAll(/\r\n?/g, "\n") : text;
}

/**
 * Ends an event that was cut off. A last line without its end counts as data only: a cut name
 * of an event or id looks like a whole one, cut JSON does not.
 */
function closeBlock(text: string): string {
  const lastLine = text.lastIndexOf("\n") + 1;
  return text.startsWith("data", lastLine) ? `${text}\n\n` : `${text.slice(0, lastLine)}\n`;
}
