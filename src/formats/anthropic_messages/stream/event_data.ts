/**
 * What the data of one server-sent event is, before anything is read from it.
 *
 * @module
 */

import { type JsonObject, parseAnswerObject } from "../../../core/text/json.ts";
import { isDoneMark, type SseEvent } from "../../../framing/sse_decoder.ts";

export type EventData =
  | { readonly kind: "event"; readonly body: JsonObject }
  /** OpenAI's end mark, which proxies put behind a stream of any format, or a sign of life sent as data. */
  | { readonly kind: "nothing" }
  /** Not a JSON object (T10). */
  | { readonly kind: "malformed" };

/** Parses an event. Its `type` is its name where it has none, and an event named `error` is one. */
export function readEventData({ event, data }: SseEvent): EventData {
  const body = parseAnswerObject(data);
  if (body === undefined) {
    if (event === "error") return { kind: "event", body: { type: "error", error: data } };
    return { kind: isDoneMark(data) || /^\s*(:|$)/.test(data) ? "nothing" : "malformed" };
  }
  if (event === "error" && body["type"] !== "error") {
    return { kind: "event", body: { type: "error", error: body["error"] ?? body } };
  }
  const isNamed = typeof body["type"] === "string" || event === "message";
  return { kind: "event", body: isNamed ? body : { ...body, type: event } };
}
