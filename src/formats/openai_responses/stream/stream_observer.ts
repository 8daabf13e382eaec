/**
 * Relays a stream to a client that speaks Responses as well: the bytes unchanged, and watched.
 *
 * Until there is output each event is parsed, because a relay wants to know when it begins; from then on
 * plain deltas are not. Left out is what the client must not get: the last event, which `close` writes as it
 * came; whatever follows it; events that are no JSON object, at which SDKs fail (T10).
 *
 * @module
 */

import type {
  ObserveOptions,
  StreamEncoder,
  StreamEnding,
  StreamTranslation,
} from "../../../core/format.ts";
import type { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { type Redact, redactJson } from "../../../core/text/redactor.ts";
import { BareBody } from "../../bare_body.ts";
import { SseDecoder, type SseEvent } from "../../../framing/sse_decoder.ts";
import {
  type EventJudge,
  EventSieve,
  hasOnlyComments,
  wholeBlock,
} from "../../events/event_sieve.ts";
import { toJsonText } from "../../../framing/sse_encoder.ts";
import { decodeBareBody } from "../answer/answer.ts";
import { failureOf, faultOf } from "../errors.ts";
import { readEventData } from "./event_data.ts";
import { isPlainDelta } from "./plain_delta.ts";
import { ResponseWatch } from "./response_watch.ts";

const LF = 10;
const NO_BYTES = new Uint8Array(0);
const utf8 = new TextEncoder();
const utf8Text = new TextDecoder();

/** How an event begins whose length nobody reads. */
const LONG_NAME = /^(?:event: ?|data: ?\{"type": ?")response\.(completed|incomplete|failed)\b/;
const MAX_NAME_BYTES = 256;

/** Relays one stream; create one per response. */
export class ResponsesStreamObserver implements StreamTranslation, EventJudge {
  readonly progress = new ResponseWatch();
  readonly #redact: Redact;
  readonly #sieve: EventSieve;
  /** Reads the events that are looked into, each of them whole. */
  readonly #sse: SseDecoder;
  readonly #bareBody: BareBody;
  readonly #encoder: StreamEncoder;
  /** The last event as it came; empty where none came. */
  #endMark: Uint8Array<ArrayBuffer> = NO_BYTES;
  /** The last event that was not looked into. */
  #lastPlain: Uint8Array<ArrayBuffer> | undefined;
  /** Name of the event that is too long to be held, where it is a last one. */
  #longEvent: string | undefined;
  /** There were no events, so that an end is for the encoder to write. */
  #isAnswerWhole = false;
  /** The client got the provider's own failure, so it gets none of ours. */
  #hasPassedFailure = false;

  constructor(options: ObserveOptions, encoder: StreamEncoder) {
    const { maxEventBytes } = options;
    this.#redact = options.redact;
    this.#sieve = new EventSieve(this, { maxEventBytes });
    this.#sse = new SseDecoder({ maxEventBytes: maxEventBytes + 1 });
    this.#bareBody = new BareBody({ maxBytes: maxEventBytes });
    this.#encoder = encoder;
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
    const last = this.isOver || rest.length === 0 ? NO_BYTES : this.#lastEvent(rest);
    this.progress.noteEnd();
    return last;
  }

  close(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    if (ending.kind === "failed" && this.#hasPassedFailure) return NO_BYTES;
    const last = ending.kind === "complete" && !this.#isAnswerWhole
      ? this.#endMark
      : this.#lastBytes(ending);
    return this.#sieve.isInEvent ? new Uint8Array([LF, LF, ...last]) : last;
  }

  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer> {
    return this.#sieve.isInEvent ? NO_BYTES : this.#encoder.keepAlive(form);
  }

  keeps(bytes: Uint8Array<ArrayBuffer>, start: number, end: number): boolean {
    if (this.progress.hasOutput && isPlainDelta(bytes, start, end)) {
      this.#lastPlain = bytes.subarray(start, end);
      return true;
    }
    const event = this.#sse.push(bytes.subarray(start, end)).at(0);
    if (event === undefined) return hasOnlyComments(bytes, start, end);
    this.#lastPlain = undefined;
    const isKept = this.#keepsEvent(event);
    if (this.progress.hasEnded) this.#endMark = wholeBlock(bytes, start, end);
    return isKept;
  }

  /** The last event repeats the whole answer, and may be too long to be read: its name tells that it is. */
  keepsLongEvent(bytes: Uint8Array): boolean {
    this.progress.hasOutput = true;
    this.#lastPlain = undefined;
    this.#longEvent = LONG_NAME.exec(utf8Text.decode(bytes.subarray(0, MAX_NAME_BYTES)))?.[1];
    return true;
  }

  endLongEvent(): void {
    if (this.#longEvent !== undefined) this.progress.noteUnread(this.#longEvent);
    this.#hasPassedFailure ||= this.#longEvent === "failed";
    this.#longEvent = undefined;
  }

  /** An event whose blank line is missing is written anew, because clients would not see it. */
  #lastEvent(rest: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    this.#sse.push(rest);
    const event = this.#sse.flush().at(0);
    const isKept = event !== undefined && this.#keepsEvent(event);
    if (event === undefined || !isKept && !this.progress.hasEnded) return NO_BYTES;
    const data = event.data.replaceAll("\n", "\ndata: ");
    const written = utf8.encode(`event: ${event.event}\ndata: ${data}\n\n`);
    if (isKept) return written;
    this.#endMark = written;
    return NO_BYTES;
  }

  /** The provider did not stream, so there are no bytes to pass on; an error is for `close`. */
  #streamAnswer(body: JsonObject): Uint8Array<ArrayBuffer> {
    this.#isAnswerWhole = true;
    this.progress.fault = faultOf(body);
    if (this.progress.fault !== undefined) return NO_BYTES;
    const events = decodeBareBody(body);
    if (events.length === 0) return NO_BYTES;
    this.progress.note({ type: `response.${String(body["status"])}`, response: body });
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
    if (this.progress.hasEnded) return false;
    const isFailure = this.progress.fault !== undefined;
    if (!isFailure && data.body["type"] !== "error") return true;
    // One that must not pass as it is is left out here, and written anew by `close`.
    const isClean = redactJson(data.body, this.#redact) === data.body;
    this.#hasPassedFailure ||= isFailure && isClean;
    return isClean;
  }

  #lastBytes(ending: StreamEnding): Uint8Array<ArrayBuffer> {
    const { response } = this.progress;
    if (ending.kind === "complete" || this.#isAnswerWhole || response === undefined) {
      return this.#encoder.close(ending);
    }
    return this.#writeFailure(ending.error, response);
  }

  /** The response as its provider has announced it, with what of it is done. */
  #writeFailure(error: GatewayError, announced: JsonObject): Uint8Array<ArrayBuffer> {
    if (this.#lastPlain !== undefined) {
      const event = this.#sse.push(this.#lastPlain).at(0);
      const data = event && readEventData(event);
      if (data?.kind === "event") this.progress.note(data.body);
    }
    const { lastNumber, doneItems } = this.progress;
    const response = {
      ...announced,
      status: "failed",
      error: failureOf(error),
      output: doneItems,
    };
    const type = "response.failed";
    const data = toJsonText({ type, sequence_number: lastNumber + 1, response });
    return utf8.encode(`event: ${type}\ndata: ${data}\n\n`);
  }
}
