/** The fields with which every answer begins, whole or streamed. */

import type { ChatEvent } from "../../../core/chat/chat.ts";
import type { EncodeOptions } from "../../../core/format.ts";
import type { JsonObject } from "../../../core/text/json.ts";

/** All but the content, the end and the counts. */
export function messageStart(
  start: Extract<ChatEvent, { readonly type: "start" }> | undefined,
  options: EncodeOptions,
): JsonObject {
  return {
    id: start?.id ?? `msg_${options.id}`,
    type: "message",
    role: "assistant",
    model: start?.model ?? options.model,
  };
}
