/**
 * What the data of one server-sent event is, before anything is read from it.
 *
 * @module
 */

import { type JsonObject, parseAnswerObject } from "../../../core/text/json.ts";
import { isDoneMark, type SseEvent } from "../../../framing/sse_decoder.ts";

export type EventData =
  | {
    readonly kind: "chunk";
    readonly body: JsonObject;
    /** The event's name says that it is an error, whatever the body looks like (Groq). */
    readonly isError: boolean;
  }
  | { readonly kind: "done" }
  /** A sign of life that was sent as data by mistake: `data: : keepalive` (T22), `data:`. */
  | { readonly kind: "keep_alive" }
  /** Not a JSON object (T10). */
  | { readonly kind: "malformed" };

/** Classifies and parses an event's data. */
export function readEventData({ event, data }: SseEvent): EventData {
  if (isDoneMark(data)) return { kind: "done" };
  const body = parseAnswerObject(data);
  if (body !== undefined) return { kind: "chunk", body, isError: event === "error" };
  // Frameworks that end a stream with the text of an exception.
  if (event === "error") return { kind: "chunk", body: { message: data }, isError: true };
  return { kind: /^\s*(:|$)/.test(data) ? "keep_alive" : "malformed" };
}
