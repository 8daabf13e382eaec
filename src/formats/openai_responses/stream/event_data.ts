/** What the data of one server-sent event is, before anything is read from it. */

import { type JsonObject, parseJsonObject } from "../../../core/text/json.ts";
import { isDoneMark, type SseEvent } from "../../../framing/sse_decoder.ts";

export type EventData =
  | { readonly kind: "event"; readonly body: JsonObject }
  /** The end mark of chats, which proxies put behind a stream of any format, or a sign of life sent as data. */
  | { readonly kind: "nothing" }
  /** Not a JSON object (T10). */
  | { readonly kind: "malformed" };

/** Parses an event. Its `type` is its name where it has none, and an event named `error` is one. */
export function readEventData({ event, data }: SseEvent): EventData {
  const body = parseJsonObject(data);
  if (body === undefined) {
    if (event === "error") return { kind: "event", body: { type: "error", error: data } };
    return { kind: isDoneMark(data) || /^\s*(:|$)/.test(data) ? "nothing" : "malformed" };
  }
  const { type } = body;
  if (event === "error" && type !== "error") {
    return { kind: "event", body: { type: "error", error: body["error"] ?? body } };
  }
  const isNamed = typeof type === "string" || event === "message";
  return { kind: "event", body: isNamed ? body : { ...body, type: event } };
}
