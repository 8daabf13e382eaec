/** Whole answers, which are one message. */

import type { ChatEvent } from "../../core/chat/chat.ts";
import type { EncodeOptions } from "../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { encodeWhole as encodeCompletion } from "../openai_chat/answer/response.ts";

/** Type of the messages that carry an answer. */
export const RESPONSE = "inference_response";

/** Writes an answer: its first choice, for a request asks for no more. */
export function encodeWhole(events: readonly ChatEvent[], options: EncodeOptions): JsonObject {
  const { model, created, choices, usage } = encodeCompletion(events, options);
  const choice = objectOf(Array.isArray(choices) ? choices[0] : undefined);
  const { role: _, reasoning_content: __, content, refusal, ...parts } = objectOf(choice.message);
  const data = {
    ...parts,
    ...(refusal !== null && { refusal }),
    ...(choice.logprobs !== null && { logprobs: choice.logprobs }),
    content: content ?? "",
    finish_reason: choice.finish_reason ?? null,
    ...(usage !== undefined && { usage }),
    model,
    created,
  };
  return { type: RESPONSE, data };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
