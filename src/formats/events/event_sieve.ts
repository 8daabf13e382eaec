/**
 * Relays the bytes of an event stream unchanged and leaves out whole events.
 *
 * Formats tell it which; it holds back an event until it is whole, so that a cut never reaches the client as
 * half an event, and copies only where something is left out.
 *
 * @module
 */

import type { StreamProgress } from "../../core/format.ts";
import { SseSplitter } from "../../framing/sse_splitter.ts";
import { KeptBytes } from "../../bytes/kept_bytes.ts";

const LF = 10;
const CR = 13;
const COLON = 58;

/** What a format decides. */
export interface EventJudge {
  readonly progress: Readonly<Pick<StreamProgress, "hasOutput" | "heardText" | "isFinished">>;
  /** Nothing that follows leaves any more. */
  readonly isOver: boolean;
  /** Whether the event in `bytes` from `start` to before `end` is to leave. */
  keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean;
  /** Takes out of an event that leaves what its client must not get. */
  trim?(bytes: Uint8Array<ArrayBuffer>, start: number, end: number, kept: KeptBytes): void;
  /**
   * Whether an event too long to hold is to leave; if not, nothing leaves any more. `bytes` are its first, and
   * more of them than may be held. Only by those that may be can it be judged, for the others come at once
   * or later, as the stream is cut.
   */
  keepsLongEvent(bytes: Uint8Array): boolean;
  /** Further bytes of such an event, which leave. */
  passLongEvent?(bytes: Uint8Array): void;
  /** Such an event is through. */
  endLongEvent?(): void;
}

/** Relays one stream; create one per response. */
export class EventSieve {
  readonly #judge: EventJudge;
  readonly #maxEventBytes: number;
  readonly #splitter: SseSplitter;
  #isInEvent = false;
  /** A chunk ended in the CR of an event's CRLF: the LF that follows shares the event's fate. */
  #lfToCome: "none" | "kept" | "left out" = "none";

  constructor(judge: EventJudge, options: { readonly maxEventBytes: number }) {
    this.#judge = judge;
    this.#maxEventBytes = options.maxEventBytes;
    this.#splitter = new SseSplitter({ maxHeldBytes: options.maxEventBytes });
  }

  /** An event too long to hold is on its way; nothing may be put in until it is through. */
  get isInEvent(): boolean {
    return this.#isInEvent;
  }

  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { bytes, ends, startsInEvent, endsInEvent } = this.#splitter.push(chunk);
    if (bytes.length === 0) return bytes;
    const kept = new KeptBytes(bytes);
    let start = 0;
    if (this.#lfToCome !== "none" && bytes[0] === LF) {
      start = 1;
      if (this.#lfToCome === "left out") kept.leaveOut(0, start);
    }
    let isKept = true;
    for (const end of ends) {
      const isRest = startsInEvent && start === 0;
      isKept = !this.#judge.isOver && (isRest || this.#keeps(bytes, start, end, kept));
      if (!isKept) kept.leaveOut(start, end);
      else if (isRest) this.#endLongEvent(bytes.subarray(0, end));
      start = end;
    }
    if (endsInEvent && !this.#judge.isOver) {
      if (startsInEvent && start === 0) this.#judge.passLongEvent?.(bytes);
      else this.#judge.keepsLongEvent(bytes.subarray(start));
    }
    if (this.#judge.isOver) kept.leaveOut(start, bytes.length);
    this.#isInEvent = endsInEvent && !this.#judge.isOver;
    const endsInCr = start > 0 && start === bytes.length && bytes[start - 1] === CR;
    this.#lfToCome = !endsInCr ? "none" : isKept ? "kept" : "left out";
    return kept.join();
  }

  /** The body has ended: the held rest, an event without its blank line. */
  flush(): Uint8Array<ArrayBuffer> {
    return this.#splitter.flush();
  }

  #keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number, kept: KeptBytes): boolean {
    if (lengthOf(bytes, start, end) <= this.#maxEventBytes) {
      const isKept = this.#judge.keeps(bytes, start, end);
      const { hasOutput, isFinished, heardText } = this.#judge.progress;
      if (hasOutput && !isFinished) heardText.noteEncoded(end - start);
      if (isKept) this.#judge.trim?.(bytes, start, end, kept);
      return isKept;
    }
    // Had it come in two chunks, it could not have been looked into either.
    const isKept = this.#judge.keepsLongEvent(bytes.subarray(start, end));
    if (isKept) this.#judge.endLongEvent?.();
    return isKept;
  }

  #endLongEvent(rest: Uint8Array): void {
    this.#judge.passLongEvent?.(rest);
    this.#judge.endLongEvent?.();
  }
}

/**
 * Whether a block without data is one of comments and blank lines. With a field in it, `event:` or `id:`,
 * SDKs would dispatch an event without data and fail at parsing it.
 */
export function hasOnlyComments(bytes: Uint8Array, start: number, end: number): boolean {
  let isLineStart = true;
  for (let index = start; index < end; index++) {
    const byte = bytes[index];
    const isLineEnd = byte === LF || byte === CR;
    if (isLineStart && !isLineEnd && byte !== COLON) return false;
    isLineStart = isLineEnd;
  }
  return true;
}

/** The bytes of an event; with the LF of its last CRLF, which is yet to come where a chunk ended between the two. */
export function wholeBlock(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  end: number,
): Uint8Array<ArrayBuffer> {
  const isCut = bytes[end - 1] === CR && bytes[end - 2] === LF;
  return isCut ? new Uint8Array([...bytes.subarray(start, end), LF]) : bytes.slice(start, end);
}

/** Without the LF of a last CRLF: it is not there yet where a chunk was cut between the two. */
function lengthOf(bytes: Uint8Array, start: number, end: number): number {
  const endsInCrlf = bytes[end - 1] === LF && bytes[end - 2] === CR;
  return end - start - (endsInCrlf ? 1 : 0);
}
