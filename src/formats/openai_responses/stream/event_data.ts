/** What the data of one server-sent event is, before anything is read from it. */

import { parseJsonObject } from "../../../core/text/json.ts";
import type { SseEvent } from "../../../framing/sse_decoder.ts";
import { type EventData, plainEventData } from "../../events/event_data.ts";

/** Parses an event. Its `type` is its name where it has none, and an event named `error` is one. */
export function readEventData({ event, data }: SseEvent): EventData {
  const body = parseJsonObject(data);
  if (body === undefined) {
    if (event === "error") return { kind: "event", body: { type: "error", error: data } };
    return plainEventData(data);
  }
  const { type } = body;
  if (event === "error" && type !== "error") {
    return { kind: "event", body: { type: "error", error: body["error"] ?? body } };
  }
  const isNamed = typeof type === "string" || event === "message";
  return { kind: "event", body: isNamed ? body : { ...body, type: event } };
}
