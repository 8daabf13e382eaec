/**
 * Requests for a provider of this format, without what others have signed.
 *
 * @module
 */

import type { EncodedRequest } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { isEnvelope } from "../sealing.ts";

const WARNING = "Reasoning of another provider is left out: nobody else can check it";

/** The body with other messages where there are any; the same one where nothing changes. */
export function withoutSeals(body: JsonObject): EncodedRequest {
  const { messages } = body;
  if (!Array.isArray(messages)) return { body, warnings: [] };
  const kept = messages.flatMap((message): readonly JsonValue[] => {
    const content = isJsonObject(message) ? message["content"] : undefined;
    if (!isJsonObject(message) || !Array.isArray(content) || !content.some(isForeign)) {
      return [message];
    }
    const blocks = content.filter((block) => !isForeign(block));
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
  });
  const isSame = kept.length === messages.length &&
    kept.every((message, index) => message === messages[index]);
  return isSame ? { body, warnings: [] } : {
    body: { ...body, messages: kept },
    warnings: [WARNING],
  };
}

function isForeign(block: JsonValue): boolean {
  if (!isJsonObject(block)) return false;
  const { type, signature, data } = block;
  return type === "thinking" && isEnvelope(signature) ||
    type === "redacted_thinking" && isEnvelope(data);
}
