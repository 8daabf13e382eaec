/**
 * Relays a stream to a client that speaks Messages as well: the bytes unchanged, and watched.
 *
 * Until there is output each event is parsed, because a relay wants to know when it begins; from then on
 * plain deltas are not, up to the reason to end, behind which there should be none. Left out is what the client must not get: the end mark, which `close` writes as it
 * came; whatever follows it or an error; events that are no JSON object, at which SDKs fail (T10).
 *
 * @module
 */

import type { Envelopes } from "../../../core/envelope.ts";
import type {
  ObserveOptions,
  StreamEncoder,
  StreamEnding,
  StreamTranslation,
} from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { type Redact, redactJson } from "../../../core/text/redactor.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { BareBody } from "../../bare_body.ts";
import { LongEventGate } from "../../events/long_event_gate.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import {
  type EventJudge,
  EventSieve,
  hasOnlyComments,
  wholeBlock,
} from "../../events/event_sieve.ts";
import { decodeBareBody } from "../answer/answer.ts";
import { faultOf } from "../errors.ts";
import { readEventData } from "./event_data.ts";
import { writeFrame } from "./frames.ts";
import { MessageWatch } from "./message_watch.ts";
import { isPlainDelta } from "./plain_delta.ts";
import { MessagesStreamEncoder } from "./stream_encoder.ts";

const LF = 10;
const NO_BYTES = new Uint8Array(0);

/** Relays one stream; create one per response. */
export class MessagesStreamObserver implements StreamTranslation, EventJudge {
  readonly progress = new MessageWatch();
  readonly #redact: Redact;
  readonly #sieve: EventSieve;
  /** Reads the events that are looked into, each of them whole. */
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #encoder: StreamEncoder;
  /** `message_stop` as it came, padding and all; empty where none came. */
  #endMark: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** There were no events, so that an end is for the encoder to write. */
  #isAnswerWhole = false;
  /** The client got the provider's own error, so it gets none of ours. */
  #hasPassedError = false;
  readonly #longEvents: LongEventGate;

  constructor(options: ObserveOptions, envelopes?: Envelopes) {
    const { maxEventBytes } = options;
    this.#longEvents = new LongEventGate(maxEventBytes, (fault) => this.progress.fault = fault);
    this.#redact = options.redact;
    this.#sieve = new EventSieve(this, { maxEventBytes });
    this.#sse = new SseDecoder({ maxEventBytes: maxEventBytes + 1 });
    this.#bareBody = new BareBody({ maxBytes: maxEventBytes });
    this.#encoder = new MessagesStreamEncoder(options.encode, envelopes);
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
    writer.writeText(`event: ${event.event}\ndata: ${event.data.replaceAll("\n", "\ndata: ")}\n\n`);
    return writer.take();
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed" && this.#hasPassedError) return NO_BYTES;
    const last = this.#lastBytes(ending);
    return this.#sieve.isInEvent ? new Uint8Array([LF, LF, ...last]) : last;
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#sieve.isInEvent ? NO_BYTES : this.#encoder.keepAlive(form);
  }

  keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean {
    const { hasOutput, finishReason } = this.progress;
    const canMatter = !hasOutput || finishReason !== undefined || !isPlainDelta(bytes, start, end);
    if (!canMatter) return true;
    const event = this.#sse.push(bytes.subarray(start, end)).at(0);
    if (event === undefined) return hasOnlyComments(bytes, start, end);
    const isKept = this.#keepsEvent(event);
    if (this.progress.hasEnded) this.#endMark = wholeBlock(bytes, start, end);
    return isKept;
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

  /** The provider did not stream, so there are no bytes to pass on; an error is for `close`. */
  #streamAnswer(body: JsonObject): Uint8Array<ArrayBuffer> {
    this.#isAnswerWhole = true;
    this.progress.fault = faultOf(body);
    if (this.progress.fault !== undefined) return NO_BYTES;
    const events = decodeBareBody(body);
    if (events.length === 0) return NO_BYTES;
    this.progress.note({ type: "message_start", message: body });
    this.progress.note({ type: "message_delta", delta: body });
    this.progress.note({ type: "message_stop" });
    this.progress.hasOutput = events.some(({ type }) => type === "block_start");
    return this.#encoder.encode(events);
  }

  #keepsEvent(event: SseEvent): boolean {
    const data = readEventData(event);
    if (data.kind !== "event") {
      if (data.kind === "malformed") this.progress.malformedEvents++;
      return false;
    }
    this.progress.note(data.body);
    if (this.progress.fault === undefined) return !this.progress.hasEnded;
    // One that must not pass as it is is left out here, and written anew by `close`.
    this.#hasPassedError = event.event === "error" &&
      redactJson(data.body, this.#redact) === data.body;
    return this.#hasPassedError;
  }

  #lastBytes(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed" || this.#isAnswerWhole) return this.#encoder.close(ending);
    if (this.#endMark.length > 0) return this.#endMark;
    const writer = new ByteWriter();
    writeFrame(writer, "message_stop", { type: "message_stop" });
    return writer.take();
  }
}
