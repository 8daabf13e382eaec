/**
 * Requests for a provider of this format, without what others have signed.
 *
 * What Weir has wrapped says whose it is. Of the rest nobody knows before the provider refuses it, as when a
 * conversation has changed its provider: then all of it is left out.
 *
 * @module
 */

import type { EncodedRequest } from "../../../core/format.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { isEnvelope } from "../sealing.ts";

const FOREIGN = "Reasoning of another provider is left out: nobody else can check it";
const REFUSED = "Reasoning that the provider could not check is left out";
const UNREASONED =
  "thinking is left out: what was signed before the last tool calls is another provider's";

/** The body with other messages where there are any; the same one where nothing changes. */
export function withoutSeals(body: JsonObject, which: "foreign" | "all"): EncodedRequest {
  const { messages } = body;
  if (!Array.isArray(messages)) return { body, warnings: [] };
  const isTaken = which === "all" ? isSealed : isForeign;
  const kept = messages.flatMap((message): readonly JsonValue[] => {
    const content = isJsonObject(message) ? message["content"] : undefined;
    if (!isJsonObject(message) || !Array.isArray(content) || !content.some(isTaken)) {
      return [message];
    }
    const blocks = content.filter((block) => !isTaken(block));
    return blocks.length === 0 ? [] : [{ ...message, content: blocks }];
  });
  const isSame = kept.length === messages.length &&
    kept.every((message, index) => message === messages[index]);
  if (isSame) return { body, warnings: [] };
  const warning = which === "all" ? REFUSED : FOREIGN;
  const { thinking, ...rest }: JsonObject = { ...body, messages: kept };
  // Who thinks must find the thinking behind the calls whose results it reads.
  return which === "all" && thinking !== undefined && endsWithResults(kept)
    ? { body: rest, warnings: [warning, UNREASONED] }
    : { body: { ...body, messages: kept }, warnings: [warning] };
}

function isSealed(block: JsonValue): boolean {
  return isJsonObject(block) &&
    (block["type"] === "thinking" || block["type"] === "redacted_thinking");
}

function isForeign(block: JsonValue): boolean {
  if (!isJsonObject(block)) return false;
  const { type, signature, data } = block;
  return type === "thinking" && isEnvelope(signature) ||
    type === "redacted_thinking" && isEnvelope(data);
}

function endsWithResults(messages: readonly JsonValue[]): boolean {
  const last = messages.at(-1);
  const content = isJsonObject(last) ? last["content"] : undefined;
  return Array.isArray(content) &&
    content.some((block) => isJsonObject(block) && block["type"] === "tool_result");
}
