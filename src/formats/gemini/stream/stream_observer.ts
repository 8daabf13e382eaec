/**
 * Relays a stream to a client that speaks Gemini as well: the bytes unchanged, and watched.
 *
 * Each event may be the last and brings the counts so far. One is parsed unless it says what one shortly before
 * it said, but for a text and for counts; the last ones of those are where somebody asks for the counts. Left out
 * is what the client must not get: whatever follows an error; end marks of others and events that are no JSON
 * object, at which SDKs fail (T10).
 *
 * @module
 */

import type {
  ObserveOptions,
  StreamEncoder,
  StreamEnding,
  StreamTranslation,
} from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { type Redact, redactJson } from "../../../core/text/redactor.ts";
import { ByteWriter } from "../../../bytes/byte_writer.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import { BareBody } from "../../bare_body.ts";
import { type EventJudge, EventSieve, hasOnlyComments } from "../../events/event_sieve.ts";
import { LongEventGate } from "../../events/long_event_gate.ts";
import { saysAnything } from "../answer/decode_answer.ts";
import { AnswerWatch } from "./answer_watch.ts";
import { readEventData } from "./event_data.ts";
import { PlainEvents } from "./plain_events.ts";
import { GeminiStreamEncoder } from "./stream_encoder.ts";

const CR = 13;
const LF = 10;
const NO_BYTES = new Uint8Array(0);

/** Relays one stream; create one per response. */
export class GeminiStreamObserver implements StreamTranslation, EventJudge {
  readonly progress: AnswerWatch;
  readonly #redact: Redact;
  readonly #sieve: EventSieve;
  /** Reads the events, each of them whole. */
  readonly #sse: SseDecoder;
  readonly #plainEvents = new PlainEvents();
  readonly #bareBody: BareBody;
  readonly #encoder: StreamEncoder;
  /** The client got the provider's own error, so it gets none of ours. */
  #hasPassedError = false;
  readonly #longEvents: LongEventGate;

  constructor(options: ObserveOptions) {
    const { maxEventBytes } = options;
    this.progress = new AnswerWatch(options.choices);
    this.#longEvents = new LongEventGate(maxEventBytes, (fault) => this.progress.fault = fault);
    this.#redact = options.redact;
    this.#sieve = new EventSieve(this, { maxEventBytes });
    this.#sse = new SseDecoder({ maxEventBytes: maxEventBytes + 1 });
    this.#bareBody = new BareBody({ maxBytes: maxEventBytes, mayBeList: true });
    this.#encoder = new GeminiStreamEncoder(options.encode);
  }

  get isOver(): boolean {
    return this.progress.isOver;
  }

  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return this.#sieve.push(this.#bareBody.takeFrom(chunk));
  }

  flush(): Uint8Array<ArrayBuffer> {
    const bodies = this.#bareBody.parseList();
    const bytes = bodies === undefined ? this.#flushEvents() : this.#streamBodies(bodies);
    this.progress.noteEnd();
    return bytes;
  }

  /** There is no end mark. */
  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "complete" || this.#hasPassedError) return NO_BYTES;
    const last = this.#encoder.close(ending);
    return this.#sieve.isInEvent ? new Uint8Array([CR, LF, CR, LF, ...last]) : last;
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#sieve.isInEvent ? NO_BYTES : this.#encoder.keepAlive(form);
  }

  keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean {
    const form = this.#plainEvents.find(bytes, start, end);
    if (form !== -1) {
      this.progress.notePlainEvent(form, bytes, start, end);
      return true;
    }
    const event = this.#sse.push(bytes.subarray(start, end)).at(0);
    if (event === undefined) return hasOnlyComments(bytes, start, end);
    const body = this.#bodyOf(event);
    if (body === undefined) return false;
    this.#plainEvents.learn(bytes, start, end, body);
    return this.#keepsBody(event, body);
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

  /** Written anew, because clients do not see an event whose blank line is missing. */
  #flushEvents(): Uint8Array<ArrayBuffer> {
    const rest = this.#sieve.flush();
    if (this.isOver || rest.length === 0) return NO_BYTES;
    this.#sse.push(rest);
    const event = this.#sse.flush().at(0);
    const body = event && this.#bodyOf(event);
    if (event === undefined || body === undefined || !this.#keepsBody(event, body)) return NO_BYTES;
    return writeEvents([event.data.replaceAll("\n", "\r\ndata: ")]);
  }

  /** The provider did not stream, or as a list: each object is an event. An error is for `close`. */
  #streamBodies(bodies: readonly JsonValue[]): Uint8Array<ArrayBuffer> {
    const written: string[] = [];
    for (const body of bodies) {
      if (this.isOver || !isJsonObject(body) || !saysAnything(body)) continue;
      this.progress.noteBody(body);
      if (this.progress.fault === undefined) written.push(JSON.stringify(body));
    }
    return writeEvents(written);
  }

  /** `undefined` of an event that is none of the answer's. */
  #bodyOf(event: SseEvent): JsonObject | undefined {
    const data = readEventData(event);
    if (data.kind === "event") return data.body;
    if (data.kind === "malformed") this.progress.malformedEvents++;
    return undefined;
  }

  #keepsBody(event: SseEvent, body: JsonObject): boolean {
    this.progress.noteBody(body);
    if (this.progress.fault === undefined) return true;
    this.#hasPassedError = this.#isErrorForClients(event, body);
    return this.#hasPassedError;
  }

  /** One that must not pass as it is is left out here, and written anew by `close`. */
  #isErrorForClients({ event }: SseEvent, body: JsonObject): boolean {
    return event === "message" && isJsonObject(body["error"]) &&
      redactJson(body, this.#redact) === body;
  }
}

function writeEvents(data: readonly string[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  for (const text of data) writer.writeText(`data: ${text}\r\n\r\n`);
  return writer.take();
}
