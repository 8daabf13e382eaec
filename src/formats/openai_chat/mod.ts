/**
 * OpenAI's chat completions, and the dialects of it that others speak.
 *
 * @see {@link https://platform.openai.com/docs/api-reference/chat}
 * @module
 */

import type { Dialect } from "../../core/dialect.ts";
import { encodeError, faultOf } from "./errors/errors.ts";
import { answerWishes, decodeRequest, encodeRequest } from "./request/request.ts";
import { decodeResponse, encodeResponse } from "./answer/response.ts";
import { OpenaiChatStreamDecoder } from "./stream/stream_decoder.ts";
import { OpenaiChatStreamEncoder } from "./stream/stream_encoder.ts";
import { OpenaiChatStreamObserver } from "./stream/stream_observer.ts";

/** The format that most clients and most upstreams speak. */
export const openaiChat: Dialect = {
  name: "openai_chat",
  streamContentType: "text/event-stream; charset=utf-8",
  alwaysStreams: false,
  decodeRequest,
  encodeRequest,
  answerWishes,
  decodeResponse,
  encodeResponse,
  faultOf,
  encodeError,
  streamDecoder: (options) => new OpenaiChatStreamDecoder(options),
  streamEncoder: (options) => new OpenaiChatStreamEncoder(options),
  streamObserver: (options) => new OpenaiChatStreamObserver(options),
};
