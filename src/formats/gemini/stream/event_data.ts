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

/** Parses an event. Google names none of its events; one that is named `error` is one. */
export function readEventData({ event, data }: SseEvent): EventData {
  const body = parseAnswerObject(data);
  if (body === undefined) {
    if (event === "error") return { kind: "event", body: { error: { message: data } } };
    return { kind: isDoneMark(data) || /^\s*(:|$)/.test(data) ? "nothing" : "malformed" };
  }
  const isBareError = event === "error" && body["error"] === undefined;
  return { kind: "event", body: isBareError ? { error: body } : body };
}
