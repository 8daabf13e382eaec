import type { ChatRequest } from "../../../core/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";

export function decodeRequest(_body: JsonObject): ChatRequest {
  throw new Error("Not here yet");
}
