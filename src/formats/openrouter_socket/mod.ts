/**
 * What clients of the service's WebSocket speak: requests are OpenAI's chat completions, answers are the
 * `data` of messages.
 *
 * @module
 */

import { GatewayError } from "../../core/gateway_error.ts";
import type { ClientDialect } from "../../core/dialect.ts";
import { openaiChat } from "../openai_chat/mod.ts";
import { statusOf } from "../openrouter_service/errors.ts";
import { encodeResponse } from "./answer.ts";
import { encodeError } from "./errors.ts";
import { SocketStreamEncoder } from "./stream_encoder.ts";

export const openrouterSocket: ClientDialect = {
  name: "openrouter_socket",
  requestsAs: openaiChat.name,
  needsFinish: true,
  streamContentType: "application/x-ndjson",
  decodeRequest: openaiChat.decodeRequest,
  answerWishes: openaiChat.answerWishes,
  encodeResponse,
  encodeError,
  statusOf,
  streamEncoder: (options) => new SocketStreamEncoder(options),
  streamObserver: () => {
    throw new GatewayError("internal", "No upstream speaks the dialect of the socket");
  },
};
