/** What has no neutral word, in those of its own format. */

import type { JsonValue } from "../text/json.ts";

/** Name of a wire format, such as `openai_chat` or `anthropic_messages`. */
export type FormatName = string;

/** A value in the words of one format. */
export interface NativeValue {
  readonly format: FormatName;
  readonly value: JsonValue;
}
