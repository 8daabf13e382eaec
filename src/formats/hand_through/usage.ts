/** Token counts in whichever of three forms an API has them: chat completions', Responses', Messages'. */

import type { Usage } from "../../core/chat/chat.ts";
import { isJsonObject, type JsonValue } from "../../core/text/json.ts";
import { decodeUsage as decodeMessagesUsage } from "../anthropic_messages/answer/usage.ts";
import { decodeUsage as decodeChatUsage } from "../openai_chat/answer/usage.ts";

/** `undefined` where nothing is counted, or seconds are instead of tokens. */
export function decodeHandedUsage(raw: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const chat = decodeChatUsage(raw);
  // Responses have a total as chats do, and names of their own for its parts.
  const { input_tokens: input, output_tokens: output, total_tokens: total } = raw;
  if (input === undefined && output === undefined) return chat;
  if (total === undefined) return decodeMessagesUsage(raw);
  return decodeChatUsage({
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: total,
    // Without the plural at those of sounds.
    prompt_tokens_details: raw["input_tokens_details"] ?? raw["input_token_details"],
    completion_tokens_details: raw["output_tokens_details"] ?? raw["output_token_details"],
    cost: raw["cost"],
  });
}
