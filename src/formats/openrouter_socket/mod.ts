/**
 * What clients of the service's WebSocket read: messages, whole but for the id of the request that they
 * answer, which is the socket's own business. Their requests are OpenAI's chat completions.
 *
 * @module
 */

import { GatewayError } from "../../core/gateway_error.ts";
import type { AnswerFormat, ErrorFormat } from "../../core/format.ts";
import { statusOf } from "../openrouter_service/errors.ts";
import { encodeWhole } from "./answer.ts";
import { encodeError } from "./errors.ts";
import { SocketStreamEncoder } from "./stream_encoder.ts";

const NAME = "openrouter_socket";

export const openrouterSocket: AnswerFormat = {
  name: NAME,
  needsFinish: true,
  streamContentType: "application/x-ndjson",
  encodeWhole,
  streamEncoder: (options) => new SocketStreamEncoder(options),
  streamObserver: () => {
    throw new GatewayError("internal", "No provider speaks the format of the socket");
  },
};

export const openrouterSocketErrors: ErrorFormat = { name: NAME, encode: encodeError, statusOf };
