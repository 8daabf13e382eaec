/** What the data of one server-sent event is, before anything is read from it. */

import type { JsonObject } from "../../core/text/json.ts";
import { isDoneMark } from "../../framing/sse_decoder.ts";

export type EventData =
  | { readonly kind: "event"; readonly body: JsonObject }
  /** OpenAI's end mark, which proxies put behind a stream of any format, or a sign of life sent as data. */
  | { readonly kind: "nothing" }
  /** Not a JSON object (T10). */
  | { readonly kind: "malformed" };

/** Of what is no JSON object. */
export function plainEventData(data: string): EventData {
  return { kind: isDoneMark(data) || /^\s*(:|$)/.test(data) ? "nothing" : "malformed" };
}
