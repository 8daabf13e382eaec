/**
 * What the data of one server-sent event is, before anything is read from it.
 *
 * @module
 */

import { parseAnswerObject } from "../../../core/text/json.ts";
import type { SseEvent } from "../../../framing/sse_decoder.ts";
import { type EventData, plainEventData } from "../../events/event_data.ts";

/** Parses an event. Google names none of its events; one that is named `error` is one. */
export function readEventData({ event, data }: SseEvent): EventData {
  const body = parseAnswerObject(data);
  if (body === undefined) {
    if (event === "error") return { kind: "event", body: { error: { message: data } } };
    return plainEventData(data);
  }
  const isBareError = event === "error" && body["error"] === undefined;
  return { kind: "event", body: isBareError ? { error: body } : body };
}
