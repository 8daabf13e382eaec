/**
 * A wire format, with decode and encode side by side.
 *
 * Dialects meet in the neutral request and the neutral events: N + M translations, never N x M.
 *
 * @module
 */

import type { ChatEvent, UpstreamFault, Usage } from "./chat_event.ts";
import type { ChatRequest } from "./chat_request.ts";
import type { GatewayError } from "./gateway_error.ts";
import type { JsonObject } from "./json.ts";
import type { Redact } from "./redactor.ts";

/** What is known of a stream so far; one object, updated in place. */
export interface StreamProgress {
  /**
   * Content, reasoning, a refusal, a tool call or an extension such as an image was seen. A role
   * or a comment is none.
   */
  hasOutput: boolean;
  /** The model that answers, in the upstream's own word. */
  model: string | undefined;
  /** The last finish reason seen, in the upstream's own word. */
  finishReason: string | undefined;
  /** Every choice the request asked for has finished, with a word that is known and as its last. */
  isFinished: boolean;
  /**
   * What the end mark makes of it: every choice that has begun has had a finish, be its word unknown or
   * more of the choice behind it.
   */
  readonly isFinishedByEnd: boolean;
  /** The upstream's own end mark was seen; nothing after it counts. */
  hasEnded: boolean;
  usage: Usage | undefined;
  /** The first fault the upstream reported; nothing after it counts. */
  fault: UpstreamFault | undefined;
  /** Events that were not of the dialect and therefore skipped (T10). */
  malformedEvents: number;
}

/** How a stream's last bytes are to be written. */
export type StreamEnding =
  | { readonly kind: "complete" }
  /** Nothing is written where the upstream's own error event was passed on already. */
  | { readonly kind: "failed"; readonly error: GatewayError };

/**
 * Makes the client's stream of the upstream's, a chunk at a time: a push machine that does no
 * I/O. Both ways of relaying are one of these: observe (same dialect, bytes unchanged) and transcode.
 */
export interface StreamTranslation {
  readonly progress: Readonly<StreamProgress>;
  /**
   * Takes what one read brought and returns what leaves for it, possibly nothing. An event that
   * is not whole yet is held back, so that a cut never reaches the client as half an event.
   *
   * Throws `GatewayError` `upstream_invalid_response` over a bound.
   */
  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** The upstream's body ended properly: what the held-back rest still yields. */
  flush(): Uint8Array<ArrayBuffer>;
  /** The bytes that end the client's stream, its end mark or its error event. */
  close(ending: StreamEnding): Uint8Array<ArrayBuffer>;
  /** What tells a silent client that the stream lives; sent only between events. */
  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer>;
}

export interface StreamDecoder {
  /** The upstream's bytes in, the events they complete out. */
  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[];
  /** The body ended properly: the events that the rest yields. */
  flush(): readonly ChatEvent[];
  /** Events skipped because they were not of the dialect. */
  readonly malformedEvents: number;
}

export interface StreamEncoder {
  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer>;
  close(ending: StreamEnding): Uint8Array<ArrayBuffer>;
  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer>;
}

/** What an encoder must know beyond the events: the client's wishes, and defaults for gaps. */
export interface EncodeOptions {
  /** Used where the upstream names no id. */
  readonly id: string;
  /** The model as the client asked for it, used where the upstream names none. */
  readonly model: string;
  readonly createdSeconds: number;
  /** The client wants the usage of a stream. */
  readonly includeUsage: boolean;
}

export interface StreamOptions {
  /** Choices asked for (`n`). */
  readonly choices: number;
  /** An event longer than this is not interpreted, or fails where it must be. */
  readonly maxEventBytes: number;
}

/** Wishes of one request that matter for its answer, in any dialect. */
export interface AnswerWishes {
  /** Choices asked for; 1 by default. */
  readonly choices: number;
  /** Whether the client asked for a stream's usage; `undefined` where it said nothing. */
  readonly includeUsage: boolean | undefined;
  /** Whether the request as it is tells an upstream of its own dialect whether to count a stream's usage. */
  readonly tellsIncludeUsage: boolean;
}

/** What an upstream speaks. */
export interface UpstreamDialect {
  readonly name: string;
  /** Every answer is a stream, whatever the request asked for. */
  readonly alwaysStreams: boolean;
  /** Writes a request. Throws `GatewayError` `invalid_request` for what it cannot say. */
  encodeRequest(request: ChatRequest): JsonObject;
  /** Reads a whole JSON answer. Throws `GatewayError` `upstream_invalid_response`. */
  decodeResponse(body: JsonObject): readonly ChatEvent[];
  /** The fault that a JSON body states, whatever its status; `undefined` where it states none. */
  faultOf(body: JsonObject): UpstreamFault | undefined;
  streamDecoder(options: StreamOptions): StreamDecoder;
}

/** What a client speaks. */
export interface ClientDialect {
  readonly name: string;
  /** Name of the dialect that its requests are in, where only its answers are in one of their own. */
  readonly requestsAs?: string;
  /** Media type of a stream in this dialect. */
  readonly streamContentType: string;
  /** Reads a request. Throws `GatewayError` `invalid_request` naming the field. */
  decodeRequest(body: JsonObject): ChatRequest;
  answerWishes(body: JsonObject): AnswerWishes;
  encodeResponse(events: readonly ChatEvent[], options: EncodeOptions): JsonObject;
  /** An answer without a finish reason would be taken for a piece of one. */
  readonly needsFinish?: boolean;
  /** The error body for a client of this dialect. */
  encodeError(error: GatewayError): JsonObject;
  /** The HTTP status of a failed call; the error's own by default. */
  statusOf?(error: GatewayError): number;
  streamEncoder(options: EncodeOptions): StreamEncoder;
  /** Relays a stream of this dialect to a client of this dialect. */
  streamObserver(options: ObserveOptions): StreamTranslation;
}

/** A format that both sides may speak. */
export type Dialect = UpstreamDialect & ClientDialect;

export interface ObserveOptions extends StreamOptions {
  /** Take the event that carries nothing but usage out: Weir asked for it, the client did not. */
  readonly dropUsageEvent: boolean;
  /** Take `"usage":null` out of every other event for the same reason: some SDKs throw at it. */
  readonly dropNullUsage: boolean;
  /** For the upstream's own error event: one with something to be taken out is written anew. */
  readonly redact: Redact;
  readonly encode: EncodeOptions;
}
