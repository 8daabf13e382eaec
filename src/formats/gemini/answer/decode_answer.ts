/**
 * Whole answers, read.
 *
 * @module
 */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { AnswerReader } from "../stream/answer_reader.ts";
import { faultOf } from "../fault.ts";

/** Reads an answer, or the fault in its place. */
export function decodeAnswer(body: JsonObject): readonly ChatEvent[] {
  if (!saysAnything(body)) {
    throw new GatewayError(
      "upstream_invalid_response",
      "The provider's answer has no candidates, and does not say that its prompt was blocked",
    );
  }
  return readAnswer([body], candidatesIn(body));
}

/** Reads the answers of a stream that came as one body: an object, or the list that it is without `alt=sse`. */
export function readAnswer(
  bodies: readonly JsonValue[],
  choices: number,
): readonly ChatEvent[] {
  const reader = new AnswerReader(choices);
  const events = bodies.filter(isJsonObject).flatMap((body) => reader.read(body));
  return [...events, ...reader.end()];
}

/** Whether a body is an answer or a fault at all. */
export function saysAnything(body: JsonObject): boolean {
  return Array.isArray(body["candidates"]) || isJsonObject(body["promptFeedback"]) ||
    faultOf(body) !== undefined;
}

function candidatesIn({ candidates }: JsonObject): number {
  return Array.isArray(candidates) ? candidates.length : 1;
}
