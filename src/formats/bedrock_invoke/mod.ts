/**
 * Messages as they go through Bedrock's InvokeModel: the same bodies and events, in AWS's frames.
 *
 * @see {@link https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html}
 * @module
 */

import type { ClientFormats, ProviderFormat } from "../../core/format.ts";
import type { HeaderReader, ProviderResponse } from "../../core/provider/transport.ts";
import { AWS_EVENT_STREAM } from "../../framing/aws_event_stream.ts";
import { anthropicMessages } from "../anthropic_messages/mod.ts";
import { encodeInvokeError } from "./errors.ts";
import { framedAnswers } from "./framed_answers.ts";
import { UnframedSource } from "./unframed_source.ts";

const EVENT_STREAM = "text/event-stream";
const CONTENT_TYPE = "content-type";

/** What a provider speaks: read as Messages, so that the bytes of such clients pass. */
export const invokedMessages: ProviderFormat = {
  ...anthropicMessages,
  unwrap: (response, { maxEventBytes }) => {
    const type = response.headers.get(CONTENT_TYPE) ?? "";
    if (!type.startsWith(AWS_EVENT_STREAM)) return response;
    const { lengthBytes: _, ...rest } = response;
    return {
      ...rest,
      headers: withType(response.headers),
      body: new UnframedSource(response.body, maxEventBytes),
    } satisfies ProviderResponse;
  },
};

/** What clients of Bedrock's own API speak. */
export const invokedMessagesOfClients: ClientFormats = {
  request: anthropicMessages.request,
  answer: framedAnswers(anthropicMessages.answer),
  error: {
    name: "bedrock_invoke",
    encode: encodeInvokeError,
    ...(anthropicMessages.error.statusOf && { statusOf: anthropicMessages.error.statusOf }),
  },
};

function withType(headers: HeaderReader): HeaderReader {
  return {
    get: (name) => name === CONTENT_TYPE ? EVENT_STREAM : headers.get(name),
    *[Symbol.iterator]() {
      for (const [name, value] of headers) {
        yield [name, name === CONTENT_TYPE ? EVENT_STREAM : value];
      }
    },
  };
}
