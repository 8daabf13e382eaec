/**
 * OpenAI's chat completions, and the dialects of it that others speak.
 *
 * @see {@link https://platform.openai.com/docs/api-reference/chat}
 * @module
 */

import type { WireFormat } from "../../core/format.ts";
import { decodeWhole, encodeWhole } from "./answer/response.ts";
import { encodeError, faultOf } from "./errors/errors.ts";
import { NAME } from "./name.ts";
import { decodeRequest } from "./request/decode_request.ts";
import { encodeRequest } from "./request/encode_request.ts";
import { askForUsage, facts } from "./request/facts.ts";
import type { RequestVariant } from "./request/variant.ts";
import { withoutSeals } from "./request/without_seals.ts";
import { ChunkReader } from "./stream/stream_decoder.ts";
import { EventStreamDecoder } from "../events/event_stream_decoder.ts";
import { OpenaiChatStreamEncoder } from "./stream/stream_encoder.ts";
import { OpenaiChatStreamObserver } from "./stream/stream_observer.ts";

/** The format for a provider that takes as much of it as the variant says. */
export function openaiChatFor(variant: RequestVariant): WireFormat {
  return {
    name: NAME,
    request: {
      name: NAME,
      facts,
      outputBounds: [["max_completion_tokens"], ["max_tokens"]],
      decode: decodeRequest,
      withoutSeals,
    },
    answer: {
      name: NAME,
      streamContentType: "text/event-stream; charset=utf-8",
      encodeWhole,
      streamEncoder: (options) => new OpenaiChatStreamEncoder(options),
      streamObserver: (options) => new OpenaiChatStreamObserver(options),
    },
    error: { name: NAME, encode: encodeError },
    alwaysStreams: false,
    encodeRequest: (request) => encodeRequest(request, variant),
    askForUsage,
    decodeWhole,
    faultOf,
    streamDecoder: (options) => new EventStreamDecoder(new ChunkReader(), options),
  };
}

/** The format that most clients and most providers speak. */
export const openaiChat: WireFormat = openaiChatFor("common");
