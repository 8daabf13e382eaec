import type { ChatRequest } from "../../../core/chat.ts";
import type { EncodedRequest } from "../../../core/format.ts";

export function encodeRequest(_request: ChatRequest): EncodedRequest {
  throw new Error("Not here yet");
}
