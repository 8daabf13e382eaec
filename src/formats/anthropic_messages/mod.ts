/**
 * Anthropic's Messages.
 *
 * @see {@link https://docs.anthropic.com/en/api/messages}
 * @module
 */

import type { Envelopes } from "../../core/envelope.ts";
import type { WireFormat } from "../../core/format.ts";
import { countRequestOf, decodeCount } from "../count_request.ts";
import { decodeMessage, encodeMessage } from "./answer/answer.ts";
import { decodeRequest, facts } from "./request/decode_request.ts";
import { encodeRequest, type RequestDefaults } from "./request/encode_request.ts";
import { withoutSeals } from "./request/without_seals.ts";
import { encodeError, faultOf, statusOf } from "./errors.ts";
import { NAME } from "./name.ts";
import { MessagesEventReader } from "./stream/stream_decoder.ts";
import { EventStreamDecoder } from "../events/event_stream_decoder.ts";
import { MessagesStreamEncoder } from "./stream/stream_encoder.ts";
import { MessagesStreamObserver } from "./stream/stream_observer.ts";

/** What of a request has tokens; the endpoint that counts them refuses the rest. */
const COUNTED = ["model", "messages", "system", "tools", "tool_choice", "thinking"];

/** The format of a provider whose requests get other defaults. */
export function anthropicMessagesWith(defaults: RequestDefaults): WireFormat {
  return {
    ...anthropicMessages,
    encodeRequest: (request) => encodeRequest(request, defaults),
  };
}

/** What is there for clients beyond the format itself. */
export interface MessagesOptions {
  /** For what clients keep and send back; without them, what others have signed is lost on the way. */
  readonly envelopes?: Envelopes;
}

export function createAnthropicMessages({ envelopes }: MessagesOptions): WireFormat {
  return {
    name: NAME,
    alwaysStreams: false,
    encodeRequest: (request) => encodeRequest(request),
    encodeCountRequest: (request) => countRequestOf(encodeRequest(request), COUNTED),
    decodeCount,
    decodeWhole: decodeMessage,
    faultOf,
    streamDecoder: (options) => new EventStreamDecoder(new MessagesEventReader(), options),
    request: {
      name: NAME,
      facts,
      outputBounds: [["max_tokens"]],
      decode: (body) => decodeRequest(body, envelopes),
      withoutSeals,
    },
    answer: {
      name: NAME,
      streamContentType: "text/event-stream; charset=utf-8",
      encodeWhole: (events, options) => encodeMessage(events, options, envelopes),
      streamEncoder: (options) => new MessagesStreamEncoder(options, envelopes),
      streamObserver: (options) => new MessagesStreamObserver(options, envelopes),
    },
    error: { name: NAME, encode: encodeError, statusOf },
  };
}

/** The format of Claude's API and of the agents that were written for it, as providers speak it. */
export const anthropicMessages: WireFormat = createAnthropicMessages({});
