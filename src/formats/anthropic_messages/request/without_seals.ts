/**
 * Requests without the signed reasoning that their provider cannot check, for a conversation that has changed its
 * provider. Blocks do not say whose they are, so none is known to be foreign before it is refused.
 *
 * @module
 */

import type { EncodedRequest } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

const WARNING = "Reasoning that the provider could not check is left out";
const UNREASONED =
  "thinking is left out: what was signed before the last tool calls is another provider's";

/** The same body where nothing changes. */
export function withoutSeals(body: JsonObject, which: "foreign" | "all"): EncodedRequest {
  const { messages } = body;
  if (which === "foreign" || !Array.isArray(messages)) return { body, warnings: [] };
  const kept = messages.flatMap((message) => {
    const content = isJsonObject(message) ? message["content"] : undefined;
    if (!isJsonObject(message) || !Array.isArray(content)) return [message];
    const blocks = content.filter((block) => !isSealed(block));
    if (blocks.length === content.length) return [message];
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
  });
  if (kept.every((message, index) => message === messages[index])) return { body, warnings: [] };
  const { thinking, ...rest }: JsonObject = { ...body, messages: kept };
  // Who thinks must find the thinking behind the calls whose results it reads.
  if (thinking === undefined || !endsWithResults(kept)) {
    return { body: { ...body, messages: kept }, warnings: [WARNING] };
  }
  return { body: rest, warnings: [WARNING, UNREASONED] };
}

function isSealed(block: JsonValue): boolean {
  return isJsonObject(block) &&
    (block["type"] === "thinking" || block["type"] === "redacted_thinking");
}

function endsWithResults(messages: readonly JsonValue[]): boolean {
  const last = messages.at(-1);
  const content = isJsonObject(last) ? last["content"] : undefined;
  return Array.isArray(content) &&
    content.some((block) => isJsonObject(block) && block["type"] === "tool_result");
}
