/**
 * Google's Gemini: `generateContent` and its stream.
 *
 * The model and whether to stream stand in the address and not in the body.
 *
 * @see {@link https://ai.google.dev/api/generate-content}
 * @module
 */

import type { AnswerFormat, WireFormat } from "../../core/format.ts";
import { EventStreamDecoder } from "../events/event_stream_decoder.ts";
import { decodeAnswer } from "./answer/decode_answer.ts";
import { encodeAnswer } from "./answer/encode_answer.ts";
import { encodeError, statusOf } from "./errors.ts";
import { faultOf } from "./fault.ts";
import { NAME } from "./name.ts";
import { decodeRequest } from "./request/decode_request.ts";
import { encodeRequest } from "./request/encode_request.ts";
import { facts, renamed } from "./request/facts.ts";
import { ArrayStreamEncoder, ArrayStreamObserver } from "./stream/array_framing.ts";
import { GeminiEventReader } from "./stream/stream_decoder.ts";
import { GeminiStreamEncoder } from "./stream/stream_encoder.ts";
import { GeminiStreamObserver } from "./stream/stream_observer.ts";

export const gemini: WireFormat = {
  name: NAME,
  alwaysStreams: false,
  encodeRequest,
  decodeWhole: decodeAnswer,
  faultOf,
  streamDecoder: (options) => new EventStreamDecoder(new GeminiEventReader(options), options),
  request: {
    name: NAME,
    facts,
    // Both spellings of each name are read.
    outputBounds: ["generationConfig", "generation_config"].flatMap((config) =>
      ["maxOutputTokens", "max_output_tokens"].map((bound) => [config, bound])
    ),
    renamed,
    decode: decodeRequest,
  },
  answer: {
    name: NAME,
    streamContentType: "text/event-stream",
    encodeWhole: encodeAnswer,
    streamEncoder: (options) => new GeminiStreamEncoder(options),
    streamObserver: (options) => new GeminiStreamObserver(options),
    needsFinish: true,
    echoesRequest: true,
    encodeCount: (tokens) => ({ totalTokens: tokens }),
  },
  error: { name: NAME, encode: encodeError, statusOf },
};

/** The same for clients that do not ask for events: a stream is one JSON array. */
export const geminiArray: AnswerFormat = {
  ...gemini.answer,
  streamContentType: "application/json; charset=utf-8",
  streamEncoder: (options) => new ArrayStreamEncoder(options),
  streamObserver: (options) => new ArrayStreamObserver(options),
};
