/**
 * OpenAI's Responses.
 *
 * @see {@link https://platform.openai.com/docs/api-reference/responses}
 * @module
 */

import type { Envelopes } from "../../core/envelope.ts";
import type { WireFormat } from "../../core/format.ts";
import { countRequestOf, decodeCount } from "../count_request.ts";
import { decodeWhole, encodeWhole } from "./answer/answer.ts";
import { encodeError, faultOf, statusOf } from "./errors.ts";
import { NAME } from "./name.ts";
import { decodeRequest } from "./request/decode_request.ts";
import { encodeRequest } from "./request/encode_request.ts";
import { withoutSeals } from "./request/without_seals.ts";
import { facts } from "./request/facts.ts";
import { ResponsesEventReader } from "./stream/stream_decoder.ts";
import { EventStreamDecoder } from "../events/event_stream_decoder.ts";
import { ResponsesStreamEncoder } from "./stream/stream_encoder.ts";
import { ResponsesStreamObserver } from "./stream/stream_observer.ts";

/** What of a request has tokens; the endpoint that counts them refuses the rest. */
const COUNTED = ["model", "input", "instructions", "tools", "tool_choice", "text", "reasoning"];

/** What is there for clients beyond the format itself. */
export interface ResponsesOptions {
  /** For what clients keep and send back; without them, what others have signed is lost on the way. */
  readonly envelopes?: Envelopes;
}

export function createOpenaiResponses({ envelopes }: ResponsesOptions): WireFormat {
  return {
    name: NAME,
    alwaysStreams: false,
    encodeRequest,
    encodeCountRequest: (request) => countRequestOf(encodeRequest(request), COUNTED),
    decodeCount,
    decodeWhole,
    faultOf,
    streamDecoder: (options) => new EventStreamDecoder(new ResponsesEventReader(), options),
    request: {
      name: NAME,
      facts,
      outputBounds: [["max_output_tokens"]],
      decode: (body) => decodeRequest(body, envelopes),
      withoutSeals: (body, which) => withoutSeals(body, which, envelopes),
    },
    answer: {
      name: NAME,
      streamContentType: "text/event-stream; charset=utf-8",
      encodeWhole: (events, options) => encodeWhole(events, options, envelopes),
      streamEncoder: (options) => new ResponsesStreamEncoder(options, envelopes),
      streamObserver: (options) =>
        new ResponsesStreamObserver(options, new ResponsesStreamEncoder(options.encode, envelopes)),
      needsFinish: true,
      echoesRequest: true,
    },
    error: { name: NAME, encode: encodeError, statusOf },
  };
}

/** The format as providers speak it. */
export const openaiResponses: WireFormat = createOpenaiResponses({});
