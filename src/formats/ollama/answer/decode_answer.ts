/** Whole answers, read. */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { AnswerShape } from "./answer_shape.ts";
import { ObjectReader } from "./object_reader.ts";

/** Reads an answer, or the fault in its place. */
export function decodeAnswer(body: JsonObject, shape: AnswerShape): readonly ChatEvent[] {
  const events = new ObjectReader(shape).read(body);
  if (events.some(({ type }) => type === "fault") || isAnswer(body)) return events;
  throw new GatewayError(
    "upstream_invalid_response",
    "The provider's answer is none of Ollama's: it has no text and does not say that it is done",
  );
}

function isAnswer({ done, message, response }: JsonObject): boolean {
  return done === true || message !== undefined || response !== undefined;
}
