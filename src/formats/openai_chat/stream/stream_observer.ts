/**
 * Relays a stream to a client that speaks OpenAI as well: the bytes unchanged, and watched.
 *
 * Until there is output each event is parsed, because a relay wants to know when it begins; so is
 * what comes until each of several choices has begun, and once all have finished. Of all others only
 * events that may matter are. Left out is what the client must not get: the end mark, which is for
 * `close` to write; whatever follows it or an error; events that are no JSON object, at which SDKs
 * fail (T10, T22), as far as they are seen; usage that only Weir asked for, and the word that there
 * is none yet.
 *
 * @module
 */

import type {
  ObserveOptions,
  StreamEncoder,
  StreamEnding,
  StreamTranslation,
} from "../../../core/format.ts";
import { isJsonObject, type JsonObject } from "../../../core/json.ts";
import { type Redact, redactJson } from "../../../core/redactor.ts";
import { EventProgress } from "../../../core/stream_progress.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import { encodeSseData } from "../../../framing/sse_encoder.ts";
import { SseSplitter } from "../../../framing/sse_splitter.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { BareBody } from "./bare_body.ts";
import { ChunkDecoder } from "../answer/chunk.ts";
import { isErrorForClients } from "../errors/errors.ts";
import { readEventData } from "./event_data.ts";
import { KeptBytes } from "../../../bytes/kept_bytes.ts";
import { LongEvent } from "./long_event.ts";
import { findNullUsage } from "./null_usage.ts";
import { OpenaiChatStreamEncoder } from "./stream_encoder.ts";
import { isPlainChunk, isTelling } from "./telling_event.ts";

const LF = 10;
const CR = 13;
const COLON = 58;
const NO_BYTES = new Uint8Array(0);

/** Relays one stream; create one per response. */
export class OpenaiChatStreamObserver implements StreamTranslation {
  readonly progress: EventProgress;
  readonly #maxEventBytes: number;
  readonly #dropsUsageEvent: boolean;
  readonly #dropsNullUsage: boolean;
  readonly #redact: Redact;
  readonly #splitter: SseSplitter;
  /** Reads the events that are looked into, each of them whole. */
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #chunks = new ChunkDecoder();
  readonly #encoder: StreamEncoder;
  /** The client got the upstream's own error, so it gets none of ours. */
  #hasPassedError = false;
  /** An event too long to hold is on its way; nothing may be put in until it is through. */
  #longEvent: LongEvent | undefined;
  /** A chunk ended in the CR of an event's CRLF: the LF that follows shares the event's fate. */
  #lfToCome: "none" | "kept" | "left out" = "none";

  constructor(options: ObserveOptions) {
    this.progress = new EventProgress(options.choices);
    this.#maxEventBytes = options.maxEventBytes;
    this.#dropsUsageEvent = options.dropUsageEvent;
    this.#dropsNullUsage = options.dropNullUsage;
    this.#redact = options.redact;
    this.#splitter = new SseSplitter({ maxHeldBytes: options.maxEventBytes });
    this.#sse = new SseDecoder({ maxEventBytes: options.maxEventBytes + 1 });
    this.#bareBody = new BareBody({ maxBytes: options.maxEventBytes });
    this.#encoder = new OpenaiChatStreamEncoder(options.encode);
  }

  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    const { bytes, ends, endsInEvent } = this.#splitter.push(this.#bareBody.takeFrom(chunk));
    if (bytes.length === 0) return bytes;
    const kept = new KeptBytes(bytes);
    let start = 0;
    if (this.#lfToCome !== "none" && bytes[0] === LF) {
      start = 1;
      if (this.#lfToCome === "left out") kept.leaveOut(0, start);
    }
    let isKept = true;
    for (const end of ends) {
      const isRest = this.#longEvent !== undefined;
      isKept = !this.progress.isOver &&
        (isRest ? this.#keepsRest(bytes, end) : this.#keeps(bytes, start, end));
      if (!isKept) kept.leaveOut(start, end);
      else if (this.#dropsNullUsage && !isRest) this.#leaveOutNullUsage(bytes, start, end, kept);
      start = end;
    }
    if (endsInEvent && !this.progress.isOver) this.#passLongEvent(bytes, start);
    if (this.progress.isOver) kept.leaveOut(start, bytes.length);
    const endsInCr = start > 0 && start === bytes.length && bytes[start - 1] === CR;
    this.#lfToCome = !endsInCr ? "none" : isKept ? "kept" : "left out";
    return kept.join();
  }

  flush(): Uint8Array<ArrayBuffer> {
    const body = this.#bareBody.parse();
    if (body !== undefined) return this.#streamAnswer(body);
    const rest = this.#splitter.flush();
    if (this.progress.isOver || rest.length === 0) return NO_BYTES;
    this.#sse.push(rest);
    const event = this.#sse.flush().at(0);
    if (event === undefined || !this.#keepsEvent(event)) return NO_BYTES;
    // Written anew, because clients do not see an event whose blank line is missing.
    const writer = new ByteWriter();
    writer.writeText(encodeSseData(event.data));
    const bytes = writer.take();
    const kept = new KeptBytes(bytes);
    if (this.#dropsNullUsage) this.#leaveOutNullUsage(bytes, 0, bytes.length, kept);
    return kept.join();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed" && this.#hasPassedError) return NO_BYTES;
    const last = this.#encoder.close(ending);
    if (this.#longEvent === undefined) return last;
    this.#longEvent = undefined;
    return new Uint8Array([LF, LF, ...last]);
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#longEvent !== undefined ? NO_BYTES : this.#encoder.keepAlive(form);
  }

  /** The upstream did not stream, so there are no bytes to pass on; an error is for `close`. */
  #streamAnswer(body: JsonObject): Uint8Array<ArrayBuffer> {
    const events = this.#chunks.decode(body, "message");
    for (const event of events) this.progress.note(event);
    // It is whole, as no stream is without its end mark.
    this.progress.note({ type: "end" });
    return this.progress.fault === undefined ? this.#encoder.encode(events) : NO_BYTES;
  }

  #keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean {
    if (lengthOf(bytes, start, end) > this.#maxEventBytes) {
      // Had it come in two chunks, it could not have been looked into either.
      this.#passLongEvent(bytes.subarray(0, end), start);
      this.#longEvent = undefined;
      return !this.progress.isOver;
    }
    const { hasOutput, isFinished, lacksChoice } = this.progress;
    const canMatter = !hasOutput || isFinished || lacksChoice || !isPlainChunk(bytes, start, end) ||
      isTelling(bytes, start, end);
    if (!canMatter) return true;
    const event = this.#sse.push(bytes.subarray(start, end)).at(0);
    return event === undefined ? hasOnlyComments(bytes, start, end) : this.#keepsEvent(event);
  }

  #keepsEvent(event: SseEvent): boolean {
    const data = readEventData(event);
    switch (data.kind) {
      case "chunk":
        return this.#keepsChunk(data.body, data.isError);
      case "done":
        this.progress.note({ type: "end" });
        return false;
      case "malformed":
        this.progress.malformedEvents++;
        return false;
      case "keep_alive":
        return false;
    }
  }

  #keepsChunk(body: JsonObject, isError: boolean): boolean {
    for (const event of this.#chunks.decode(body, "delta", isError)) {
      this.progress.note(event);
      // For the id that a keep-alive chunk and the final error are to have.
      if (event.type === "start") this.#encoder.encode([event]);
      if (event.type !== "fault") continue;
      // One that must not pass as it is is left out here, and written anew by `close`.
      this.#hasPassedError = isErrorForClients(body) &&
        redactJson(body, this.#redact) === body;
      return this.#hasPassedError;
    }
    return !(this.#dropsUsageEvent && carriesOnlyUsage(body));
  }

  /**
   * Bytes that leave unread may be anything: the answer has begun. An error that is known by its first
   * bytes is left out, and written anew by `close`.
   */
  #passLongEvent(bytes: Uint8Array, start: number): void {
    const begins = this.#longEvent === undefined;
    this.#longEvent ??= new LongEvent();
    this.#longEvent.push(bytes.subarray(start));
    if (!begins || !this.#longEvent.isError) {
      this.progress.hasOutput = true;
      return;
    }
    this.#longEvent = undefined;
    this.#noteLongError();
  }

  /** The end of an event that was too long to hold; an error cannot be taken back by then. */
  #keepsRest(bytes: Uint8Array, end: number): boolean {
    this.#longEvent?.push(bytes.subarray(0, end));
    this.#hasPassedError = this.#longEvent?.isError === true;
    this.#longEvent = undefined;
    if (this.#hasPassedError) this.#noteLongError();
    return true;
  }

  #noteLongError(): void {
    const message = `The upstream reported an error of more than ${this.#maxEventBytes} bytes`;
    this.progress.note({ type: "fault", fault: { message } });
  }

  #leaveOutNullUsage(bytes: Uint8Array, start: number, end: number, kept: KeptBytes): void {
    const member = findNullUsage(bytes, start, end);
    if (member !== undefined) kept.leaveOut(member.start, member.end);
  }
}

/** Without the LF of a last CRLF: it is not there yet where a chunk was cut between the two. */
function lengthOf(bytes: Uint8Array, start: number, end: number): number {
  const endsInCrlf = bytes[end - 1] === LF && bytes[end - 2] === CR;
  return end - start - (endsInCrlf ? 1 : 0);
}

function carriesOnlyUsage(body: JsonObject): boolean {
  const { choices, usage } = body;
  return Array.isArray(choices) && choices.length === 0 && isJsonObject(usage);
}

/**
 * Whether a block without data is one of comments and blank lines. With a field in it, `event:`
 * or `id:`, SDKs would dispatch an event without data and fail at parsing it.
 */
function hasOnlyComments(bytes: Uint8Array, start: number, end: number): boolean {
  let isLineStart = true;
  for (let index = start; index < end; index++) {
    const byte = bytes[index];
    const isLineEnd = byte === LF || byte === CR;
    if (isLineStart && !isLineEnd && byte !== COLON) return false;
    isLineStart = isLineEnd;
  }
  return true;
}
