import type { ChatEvent } from "../../../core/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";

export function encodeAnswer(_events: readonly ChatEvent[], _options: EncodeOptions): JsonObject {
  throw new Error("Not here yet");
}
