/**
 * Requests without the signed reasoning that their provider cannot check, for a conversation that has changed its
 * provider. What Weir wrote for its clients says whose it is; of other blocks none is known to be foreign before it
 * is refused.
 *
 * @module
 */

import type { EncodedRequest } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { isEnvelope } from "../sealing.ts";

const FOREIGN = "Reasoning of another provider is left out: nobody else can check it";
const UNCHECKED = "Reasoning that the provider could not check is left out";
const UNREASONED =
  "thinking is left out: what was signed before the last tool calls is another provider's";

/** The same body where nothing changes. */
export function withoutSeals(body: JsonObject, which: "foreign" | "all"): EncodedRequest {
  const { messages } = body;
  if (!Array.isArray(messages)) return { body, warnings: [] };
  const isLeftOut = which === "foreign" ? isForeign : isSealed;
  const kept = messages.flatMap((message): readonly JsonValue[] => {
    const content = isJsonObject(message) ? message["content"] : undefined;
    if (!isJsonObject(message) || !Array.isArray(content) || !content.some(isLeftOut)) {
      return [message];
    }
    const blocks = content.filter((block) => !isLeftOut(block));
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
  });
  const isSame = kept.length === messages.length &&
    kept.every((message, index) => message === messages[index]);
  if (isSame) return { body, warnings: [] };
  const warning = which === "foreign" ? FOREIGN : UNCHECKED;
  const { thinking, ...rest }: JsonObject = { ...body, messages: kept };
  // Who thinks must find the thinking behind the calls whose results it reads.
  if (thinking === undefined || !endsWithResults(kept)) {
    return { body: { ...body, messages: kept }, warnings: [warning] };
  }
  return { body: rest, warnings: [warning, UNREASONED] };
}

/** What another provider has sealed, in the envelope that Weir gave it. */
function isForeign(block: JsonValue): boolean {
  if (!isJsonObject(block)) return false;
  const { type, signature, data } = block;
  return type === "thinking" && isEnvelope(signature) ||
    type === "redacted_thinking" && isEnvelope(data);
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
