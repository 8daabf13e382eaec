/**
 * A wire format, with decode and encode side by side.
 *
 * Formats meet in the vocabulary of `chat.ts`: N + M translations, never N x M. What a client sends, what it
 * reads and how its errors look are three things, because a client may send one API's requests and read
 * answers of another form.
 *
 * @module
 */

import type { ChatEvent, ChatRequest, FormatName, ProviderFault, Usage } from "./chat/chat.ts";
import type { EmbeddingAnswer, EmbeddingRequest } from "./chat/embeddings.ts";
import type { GatewayError } from "./gateway_error.ts";
import type { HeardText } from "./chat/heard_text.ts";
import type { JsonObject, JsonValue } from "./text/json.ts";
import type { ProviderResponse } from "./provider/transport.ts";
import type { Redact } from "./text/redactor.ts";

export type { HandedFacts, HandedFormat } from "./handed_format.ts";

/** What policies, routing and the relay need to know of a request, in any format. Judges nothing. */
export interface RequestFacts {
  /** The model by the client's name for it; empty where the request names none. */
  readonly model: string;
  readonly wantsStream: boolean;
  /** Choices asked for; 1 by default. */
  readonly choices: number;
  /** Bound of the output of one choice, in tokens, where the request has one. */
  readonly maxOutputTokens: number | undefined;
  /** Whether the client asked for a stream's usage; `undefined` where it said nothing. */
  readonly includeUsage: boolean | undefined;
  /** The client expects the same answer each time: temperature 0, a seed. */
  readonly isDeterministic: boolean;
  /** The client asked for the probabilities of tokens. */
  readonly wantsLogprobs?: boolean;
  /** The members that the model reads, for an estimate of their tokens. */
  readonly prompt: readonly JsonValue[];
  /** What the request itself names as its session; `undefined` where it names none. */
  readonly session: string | undefined;
  /** What every request of a conversation begins with: all up to the first words of its user. */
  readonly beginning: readonly JsonValue[];
}

/** What clients send. */
export interface RequestFormat {
  readonly name: FormatName;
  facts(body: JsonObject): RequestFacts;
  /**
   * The body with another name for its model, in a format that names the model in the address, as it does whether
   * the answer is a stream; the same body where it does not repeat it. Others have both in `model` and `stream`.
   */
  renamed?(body: JsonObject, model: string): JsonObject;
  /** Where the bound of the output may stand, as the names of the members that lead there. Absent where it has none. */
  readonly outputBounds?: readonly (readonly string[])[];
  /** Reads a request. Throws `GatewayError` `invalid_request` naming the field. */
  decode(body: JsonObject): ChatRequest;
  /** Reads a request for embeddings, in a format that has them. Throws as `decode` does. */
  decodeEmbeddings?(body: JsonObject): EmbeddingRequest;
  /**
   * The request for a provider of this format, without what that one cannot read: what Weir or others have
   * sealed, or all that is sealed. The same body where there is none. Absent where nothing is sealed.
   *
   * @param to Who the request is for.
   */
  withoutSeals?(body: JsonObject, which: "foreign" | "all", to: ServedBy): EncodedRequest;
}

/** What clients read. */
export interface AnswerFormat {
  readonly name: FormatName;
  /** Media type of a stream. */
  readonly streamContentType: string;
  encodeWhole(events: readonly ChatEvent[], options: EncodeOptions): JsonObject;
  /**
   * Writes embeddings, in a format that has them.
   *
   * @param request The body of the client's request.
   */
  encodeVectors?(answer: EmbeddingAnswer, request: JsonObject, options: EncodeOptions): JsonObject;
  /** Writes a count of a prompt's tokens that a provider of another format has made, for clients that ask for one. */
  encodeCount?(tokens: number): JsonObject;
  /** Fits a whole answer of this format to what the request asks for; the same object where it does. */
  fitWhole?(answer: JsonObject, request: JsonObject): JsonObject;
  /** The stream of one whole answer, without its end, in a format whose answers have one form for both. */
  wholeAsStream?(whole: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  streamEncoder(options: EncodeOptions): StreamEncoder;
  /** Relays a stream of this format to a client of this format. */
  streamObserver(options: ObserveOptions): StreamTranslation;
  /** An answer without a finish reason would be taken for a piece of one. */
  readonly needsFinish?: boolean;
  /** Its answers repeat parts of their request: encoders are told it, and keep no more of it than that. */
  readonly echoesRequest?: true;
}

/** How a failed call is told. */
export interface ErrorFormat {
  readonly name: FormatName;
  /** The error body. `requestId` is the call's. */
  encode(error: GatewayError, requestId: string): JsonObject;
  /** The HTTP status of a failed call; the error's own by default. */
  statusOf?(error: GatewayError): number;
}

/** What a client speaks. */
export interface ClientFormats {
  readonly request: RequestFormat;
  readonly answer: AnswerFormat;
  readonly error: ErrorFormat;
}

/** A request as it is to be written for a provider. */
export interface EncodedRequest {
  readonly body: JsonObject;
  /** What of the request the format has no word for, a sentence each that names it, for the warning header. */
  readonly warnings: readonly string[];
}

/** What a provider speaks. */
export interface ProviderFormat {
  readonly name: FormatName;
  /** Name of the error format that its errors are in, where that is not its own. */
  readonly errorName?: FormatName;
  /** Every answer is a stream, whatever the request asked for. */
  readonly alwaysStreams: boolean;
  /**
   * Writes a request. What the format has no word for is left out with a warning.
   *
   * Throws `GatewayError` `invalid_request` for what would change the meaning if it was left out.
   */
  encodeRequest(request: ChatRequest): EncodedRequest;
  /** Writes a request for embeddings, in a format that has them. Throws as `encodeRequest` does. */
  encodeEmbeddings?(request: EmbeddingRequest): EncodedRequest;
  /** Writes a request to count the tokens of a prompt, in a format that can. Throws as `encodeRequest` does. */
  encodeCountRequest?(request: ChatRequest): EncodedRequest;
  /**
   * Asks for the usage of a stream; the same object where the body says itself whether it is wanted, which is
   * the client's decision (T31). Absent where every stream tells its usage.
   */
  askForUsage?(body: JsonObject): JsonObject;
  /**
   * Takes an answer out of what its provider puts around it, such as frames of its own around the events of a
   * stream, so that what is read is of the format. Absent where nothing is around it.
   */
  unwrap?(response: ProviderResponse, options: UnwrapOptions): ProviderResponse;
  /** Reads a whole JSON answer. Throws `GatewayError` `upstream_invalid_response`. */
  decodeWhole(body: JsonObject): readonly ChatEvent[];
  /** Reads embeddings, in a format that has them. Throws as `decodeWhole` does. */
  decodeVectors?(body: JsonObject): EmbeddingAnswer;
  /** Reads such a count; `undefined` where there is none. */
  decodeCount?(body: JsonObject): number | undefined;
  /** The fault that a JSON body states, whatever its status; `undefined` where it states none. */
  faultOf(body: JsonObject): ProviderFault | undefined;
  streamDecoder(options: StreamOptions): StreamDecoder;
}

/** Within what an answer is taken out of its frames. */
export type UnwrapOptions = Pick<StreamOptions, "maxEventBytes">;

/** A format that both sides may speak. */
export interface WireFormat extends ProviderFormat, ClientFormats {}

/** What is known of a stream so far; one object, updated in place. */
export interface StreamProgress {
  /** Content, reasoning, a refusal, a tool call or media was seen. A role or a comment is none. */
  hasOutput: boolean;
  /** The model that answers, in the provider's own word. */
  model: string | undefined;
  /** The provider's name for the answer, where it has one. */
  answerId?: string | undefined;
  /** The last finish reason seen, in the provider's own word. */
  finishReason: string | undefined;
  /** Every choice the request asked for has finished, with a word that is known and as its last. */
  isFinished: boolean;
  /**
   * What the end mark makes of it: every choice that has begun has had a finish, be its word unknown or
   * more of the choice behind it.
   */
  readonly isFinishedByEnd: boolean;
  /** The provider's own end mark was seen; nothing after it counts. */
  hasEnded: boolean;
  usage: Usage | undefined;
  /** As far as the answer has come, for where there is no usage. */
  readonly heardText: HeardText;
  /** The first fault the provider reported; nothing after it counts. */
  fault: ProviderFault | undefined;
  /** Events that were not of the format and therefore skipped (T10). */
  malformedEvents: number;
}

/** How a stream's last bytes are to be written. */
export type StreamEnding =
  | { readonly kind: "complete" }
  /** Nothing is written where the provider's own error event was passed on already. */
  | { readonly kind: "failed"; readonly error: GatewayError };

/**
 * Makes the client's stream of the provider's, a chunk at a time: a push machine that does no I/O. Both ways
 * of relaying are one of these: observe (same format, bytes unchanged) and transcode.
 */
export interface StreamTranslation {
  readonly progress: Readonly<StreamProgress>;
  /**
   * Takes what one read brought and returns what leaves for it, possibly nothing. An event that is not whole
   * yet is held back, so that a cut never reaches the client as half an event.
   *
   * Throws `GatewayError` `upstream_invalid_response` over a bound.
   */
  push(chunk: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
  /** The provider's body ended properly: what the held-back rest still yields. */
  flush(): Uint8Array<ArrayBuffer>;
  /** The bytes that end the client's stream, its end mark or its error event. */
  close(ending: StreamEnding): Uint8Array<ArrayBuffer>;
  /** What tells a silent client that the stream lives; sent only between events. */
  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer>;
}

export interface StreamDecoder {
  /** The provider's bytes in, the events they complete out. */
  push(chunk: Uint8Array<ArrayBuffer>): readonly ChatEvent[];
  /** The body ended properly: the events that the rest yields. */
  flush(): readonly ChatEvent[];
  /** Events skipped because they were not of the format. */
  readonly malformedEvents: number;
}

export interface StreamEncoder {
  encode(events: readonly ChatEvent[]): Uint8Array<ArrayBuffer>;
  close(ending: StreamEnding): Uint8Array<ArrayBuffer>;
  keepAlive(form: "comment" | "chunk"): Uint8Array<ArrayBuffer>;
}

/** What an encoder must know beyond the events: the client's wishes, and defaults for gaps. */
export interface EncodeOptions {
  /** The call's own id, used where the provider names none; the encoder puts its format's prefix before it. */
  readonly id: string;
  /** The model as the client asked for it, used where the provider names none. */
  readonly model: string;
  readonly createdSeconds: number;
  /** Milliseconds since the call has arrived, for formats that tell how long an answer took; 0 where absent. */
  readonly elapsedMs?: () => number;
  /** The client wants the usage of a stream. */
  readonly includeUsage: boolean;
  /**
   * The body of the client's request, for what an answer echoes of it and for how its tools were declared;
   * absent where the format's answers do without.
   */
  readonly request?: JsonObject;
  /** Who answers, for what must go back to it and to nobody else. */
  readonly servedBy?: ServedBy;
  /** Where Weir keeps the answers that it writes itself; absent in formats whose answers are not kept. */
  readonly kept?: KeptAnswer;
}

/** A provider and its model: who answers, or whom a request is for. */
export interface ServedBy {
  readonly provider: string;
  readonly model: string;
}

/** An answer that can be asked for again later. */
export interface KeptAnswer {
  /** Its name from its beginning to its end, whatever the provider's own is. Made when first read. */
  readonly id: string;
  readonly isKept: boolean;
  /** Members that the answer echoes in place of the request's. */
  readonly echo: JsonObject;
  /** Told the whole answer once, streamed or not. */
  keep(answer: JsonObject): void;
}

export interface StreamOptions {
  /** Choices asked for. */
  readonly choices: number;
  /** An event longer than this is not interpreted, or fails where it must be. */
  readonly maxEventBytes: number;
}

export interface ObserveOptions extends StreamOptions {
  /** Take the event that carries nothing but usage out: Weir asked for it, the client did not. */
  readonly dropUsageEvent: boolean;
  /** Take `"usage":null` out of every other event for the same reason: some SDKs throw at it. */
  readonly dropNullUsage: boolean;
  /** For the provider's own error event: one with something to be taken out is written anew. */
  readonly redact: Redact;
  readonly encode: EncodeOptions;
}
