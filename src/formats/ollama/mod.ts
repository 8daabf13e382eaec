/**
 * Ollama's chats and its older way to ask for a text, `/api/chat` and `/api/generate`.
 *
 * @see {@link https://github.com/ollama/ollama/blob/main/docs/api.md}
 * @module
 */

import type { AnswerFormat, ErrorFormat, WireFormat } from "../../core/format.ts";
import type { AnswerShape } from "./answer/answer_shape.ts";
import { CHAT_SHAPE, GENERATE_SHAPE } from "./answer/answer_shape.ts";
import { decodeAnswer } from "./answer/decode_answer.ts";
import { encodeAnswer } from "./answer/encode_answer.ts";
import { encodeError, faultOf } from "./errors.ts";
import { GENERATE_NAME, NAME } from "./name.ts";
import { decodeChat } from "./request/decode_chat.ts";
import { decodeGenerate } from "./request/decode_generate.ts";
import { encodeChat, refuseGenerate } from "./request/encode_chat.ts";
import { chatFacts, generateFacts } from "./request/facts.ts";
import { OllamaStreamDecoder } from "./stream/stream_decoder.ts";
import { OllamaStreamEncoder } from "./stream/stream_encoder.ts";
import { OllamaStreamObserver } from "./stream/stream_observer.ts";

const OUTPUT_BOUNDS = [["options", "num_predict"]];

const error: ErrorFormat = { name: NAME, encode: encodeError };

/** The format of `/api/chat`. */
export const ollamaChat: WireFormat = {
  name: NAME,
  alwaysStreams: false,
  encodeRequest: encodeChat,
  decodeWhole: (body) => decodeAnswer(body, CHAT_SHAPE),
  faultOf,
  streamDecoder: (options) => new OllamaStreamDecoder(CHAT_SHAPE, options),
  request: { name: NAME, facts: chatFacts, outputBounds: OUTPUT_BOUNDS, decode: decodeChat },
  answer: answerFormat(NAME, CHAT_SHAPE),
  error,
};

/** The format of `/api/generate`. A request is translated from it and never into it: it knows no messages. */
export const ollamaGenerate: WireFormat = {
  name: GENERATE_NAME,
  errorName: NAME,
  alwaysStreams: false,
  encodeRequest: refuseGenerate,
  decodeWhole: (body) => decodeAnswer(body, GENERATE_SHAPE),
  faultOf,
  streamDecoder: (options) => new OllamaStreamDecoder(GENERATE_SHAPE, options),
  request: {
    name: GENERATE_NAME,
    facts: generateFacts,
    outputBounds: OUTPUT_BOUNDS,
    decode: decodeGenerate,
  },
  answer: answerFormat(GENERATE_NAME, GENERATE_SHAPE),
  error,
};

function answerFormat(name: string, shape: AnswerShape): AnswerFormat {
  return {
    name,
    streamContentType: "application/x-ndjson",
    // What is written says that it is done.
    needsFinish: true,
    encodeWhole: (events, options) => encodeAnswer(events, shape, options),
    streamEncoder: (options) => new OllamaStreamEncoder(shape, options),
    streamObserver: (options) => new OllamaStreamObserver(shape, options),
  };
}
