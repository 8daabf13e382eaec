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
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";
import { type Redact, redactJson } from "../../../core/text/redactor.ts";
import { EventProgress } from "../../../core/chat/stream_progress.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import { encodeSseData } from "../../../framing/sse_encoder.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { type EventJudge, EventSieve, hasOnlyComments } from "../../events/event_sieve.ts";
import { BareBody } from "../../bare_body.ts";
import { ChunkDecoder } from "../answer/chunk.ts";
import { isErrorForClients } from "../errors/errors.ts";
import { readEventData } from "./event_data.ts";
import { KeptBytes } from "../../../bytes/kept_bytes.ts";
import { LongEventGate } from "../../events/long_event_gate.ts";
import { findNullUsage } from "./null_usage.ts";
import { OpenaiChatStreamEncoder } from "./stream_encoder.ts";
import { PlainChunks } from "./plain_chunks.ts";

const LF = 10;
const NO_BYTES = new Uint8Array(0);

/** Relays one stream; create one per response. */
export class OpenaiChatStreamObserver implements StreamTranslation, EventJudge {
  readonly progress: EventProgress;
  readonly #dropsUsageEvent: boolean;
  readonly #dropsNullUsage: boolean;
  readonly #redact: Redact;
  readonly #sieve: EventSieve;
  /** Reads the events that are looked into, each of them whole. */
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #chunks = new ChunkDecoder();
  readonly #plainChunks = new PlainChunks();
  readonly #encoder: StreamEncoder;
  /** The client got the upstream's own error, so it gets none of ours. */
  #hasPassedError = false;
  readonly #longEvents: LongEventGate;

  constructor(options: ObserveOptions) {
    this.progress = new EventProgress(options.choices);
    this.#longEvents = new LongEventGate(
      options.maxEventBytes,
      (fault) => this.progress.note({ type: "fault", fault }),
    );
    this.#dropsUsageEvent = options.dropUsageEvent;
    this.#dropsNullUsage = options.dropNullUsage;
    this.#redact = options.redact;
    this.#sieve = new EventSieve(this, options);
    this.#sse = new SseDecoder({ maxEventBytes: options.maxEventBytes + 1 });
    this.#bareBody = new BareBody({ maxBytes: options.maxEventBytes });
    this.#encoder = new OpenaiChatStreamEncoder(options.encode);
  }

  get isOver(): boolean {
    return this.progress.isOver;
  }

  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return this.#sieve.push(this.#bareBody.takeFrom(chunk));
  }

  flush(): Uint8Array<ArrayBuffer> {
    const body = this.#bareBody.parse();
    if (body !== undefined) return this.#streamAnswer(body);
    const rest = this.#sieve.flush();
    if (this.isOver || rest.length === 0) return NO_BYTES;
    this.#sse.push(rest);
    const event = this.#sse.flush().at(0);
    if (event === undefined || !this.#keepsEvent(event)) return NO_BYTES;
    // Written anew, because clients do not see an event whose blank line is missing.
    const writer = new ByteWriter();
    writer.writeText(encodeSseData(event.data));
    const bytes = writer.take();
    const kept = new KeptBytes(bytes);
    this.trim(bytes, 0, bytes.length, kept);
    return kept.join();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed" && this.#hasPassedError) return NO_BYTES;
    const last = this.#encoder.close(ending);
    return this.#sieve.isInEvent ? new Uint8Array([LF, LF, ...last]) : last;
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#sieve.isInEvent ? NO_BYTES : this.#encoder.keepAlive(form);
  }

  /** The upstream did not stream, so there are no bytes to pass on; an error is for `close`. */
  #streamAnswer(body: JsonObject): Uint8Array<ArrayBuffer> {
    const events = this.#chunks.decode(body, "message");
    for (const event of events) this.progress.note(event);
    // It is whole, as no stream is without its end mark.
    this.progress.note({ type: "end" });
    return this.progress.fault === undefined ? this.#encoder.encode(events) : NO_BYTES;
  }

  keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean {
    const { hasOutput, isFinished, lacksChoice } = this.progress;
    const canMatter = !hasOutput || isFinished || lacksChoice ||
      !this.#plainChunks.has(bytes, start, end);
    if (!canMatter) return true;
    const event = this.#sse.push(bytes.subarray(start, end)).at(0);
    return event === undefined ? hasOnlyComments(bytes, start, end) : this.#keepsEvent(event);
  }

  trim(bytes: Uint8Array, start: number, end: number, kept: KeptBytes): void {
    const member = this.#dropsNullUsage ? findNullUsage(bytes, start, end) : undefined;
    if (member !== undefined) kept.leaveOut(member.start, member.end);
  }

  /** An error that is left out is written anew by `close`. */
  keepsLongEvent(bytes: Uint8Array): boolean {
    const isKept = this.#longEvents.keeps(bytes);
    // Bytes that leave unread may be anything: the answer has begun.
    if (isKept) this.progress.hasOutput = true;
    return isKept;
  }

  passLongEvent(bytes: Uint8Array): void {
    this.#longEvents.pass(bytes);
  }

  endLongEvent(): void {
    this.#hasPassedError = this.#longEvents.end();
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
}

function carriesOnlyUsage(body: JsonObject): boolean {
  const { choices, usage } = body;
  return Array.isArray(choices) && choices.length === 0 && isJsonObject(usage);
}
