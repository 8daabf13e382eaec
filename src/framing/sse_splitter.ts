/**
 * Cuts a stream of server-sent events between events, for relaying its bytes unchanged.
 *
 * An event that has begun is held until its blank line arrives, so that a stream that breaks off
 * can be ended with an error event and not inside half a line.
 *
 * @module
 */

import { HeldBytes } from "../bytes/held_bytes.ts";
import { bordersIn, CR, LF } from "./sse_border.ts";

/** What one chunk released. */
export interface SseBlock {
  /** The bytes to relay, possibly none. Never changed afterwards. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /**
   * Offsets in `bytes` just after the blank line of each event; event `i` begins at
   * `ends[i - 1] ?? 0`. A block of comments, or a blank line alone, counts as an event.
   */
  readonly ends: readonly number[];
  /** The bytes up to `ends[0]` go on with an event too long to hold: it cannot be parsed. */
  readonly startsInEvent: boolean;
  /** The bytes end inside such an event: nothing may be put in after them without `\n\n`. */
  readonly endsInEvent: boolean;
}

const NO_BYTES = new Uint8Array(0);

/** Splits one stream; create one per response. It has no bound on an event, only on what it holds. */
export class SseSplitter {
  readonly #maxHeldBytes: number;
  /** `data: {"a":` of an event whose blank line has not arrived. */
  readonly #held = new HeldBytes();
  /** The last byte of an unfinished event; LF between events, as if a line had ended there. */
  #previous = LF;
  /** A chunk ended in `\r` that ended an event: a `\n` that follows belongs to it. */
  #skipsLf = false;
  /** The event under way was longer than may be held: its rest leaves as it comes. */
  #isInEvent = false;

  constructor(options: { readonly maxHeldBytes: number }) {
    this.#maxHeldBytes = options.maxHeldBytes;
  }

  /**
   * Takes a chunk and returns everything up to the last border between events, or everything
   * where the event under way is too long to hold.
   */
  push(chunk: Uint8Array<ArrayBuffer>): SseBlock {
    const startsInEvent = this.#isInEvent;
    if (chunk.length === 0) {
      return { bytes: NO_BYTES, ends: [], startsInEvent, endsInEvent: startsInEvent };
    }
    const heldBytes = this.#held.length;
    const start = this.#skipsLf && chunk[0] === LF ? 1 : 0;
    const borders = bordersIn(chunk, start, this.#previous);
    const border = borders.at(-1) ?? start;
    const tailBytes = chunk.length - border + (borders.length > 0 ? 0 : heldBytes);
    this.#isInEvent = tailBytes > this.#maxHeldBytes || (startsInEvent && borders.length === 0);
    this.#previous = border === chunk.length ? LF : chunk[chunk.length - 1]!;
    this.#skipsLf = border === chunk.length && chunk[border - 1] === CR;

    const releasedBytes = this.#isInEvent ? chunk.length : border;
    const bytes = releasedBytes === 0 ? NO_BYTES : this.#held.release(chunk, releasedBytes);
    if (releasedBytes < chunk.length) this.#held.append(chunk, releasedBytes, chunk.length);
    const ends = heldBytes === 0 ? borders : borders.map((end) => heldBytes + end);
    return { bytes, ends, startsInEvent, endsInEvent: this.#isInEvent };
  }

  /** The body has ended: the held rest, an event without its blank line. */
  flush(): Uint8Array<ArrayBuffer> {
    return this.#held.length === 0 ? NO_BYTES : this.#held.release(NO_BYTES, 0);
  }
}
