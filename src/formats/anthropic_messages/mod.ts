/**
 * Anthropic's Messages.
 *
 * @see {@link https://docs.anthropic.com/en/api/messages}
 * @module
 */

import type { WireFormat } from "../../core/format.ts";
import { decodeMessage, encodeMessage } from "./answer/answer.ts";
import { decodeRequest, facts } from "./request/decode_request.ts";
import { encodeRequest, type RequestDefaults } from "./request/encode_request.ts";
import { encodeError, faultOf, statusOf } from "./errors.ts";
import { withoutSeals } from "./request/without_seals.ts";
import { NAME } from "./name.ts";
import { MessagesEventReader } from "./stream/stream_decoder.ts";
import { EventStreamDecoder } from "../event_stream_decoder.ts";
import { MessagesStreamEncoder } from "./stream/stream_encoder.ts";
import { MessagesStreamObserver } from "./stream/stream_observer.ts";

/** The format of a provider whose requests get other defaults. */
export function anthropicMessagesWith(defaults: RequestDefaults): WireFormat {
  return {
    ...anthropicMessages,
    encodeRequest: (request) => encodeRequest(request, defaults),
  };
}

/** The format of Claude's API and of the agents that were written for it. */
export const anthropicMessages: WireFormat = {
  name: NAME,
  alwaysStreams: false,
  encodeRequest: (request) => encodeRequest(request),
  decodeWhole: decodeMessage,
  faultOf,
  streamDecoder: (options) => new EventStreamDecoder(new MessagesEventReader(), options),
  request: { name: NAME, facts, decode: decodeRequest, withoutSeals },
  answer: {
    name: NAME,
    streamContentType: "text/event-stream; charset=utf-8",
    encodeWhole: encodeMessage,
    streamEncoder: (options) => new MessagesStreamEncoder(options),
    streamObserver: (options) => new MessagesStreamObserver(options),
  },
  error: { name: NAME, encode: encodeError, statusOf },
};
