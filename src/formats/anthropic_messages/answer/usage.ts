/**
 * Token counts in Anthropic's form, whose `input_tokens` leave out what a cache gave or took.
 *
 * @module
 */

import type { Usage } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { countOf } from "../../counts.ts";

/** What stands where a provider counted nothing: SDKs read these fields without asking. */
const NOTHING_COUNTED = { input_tokens: 0, output_tokens: 0 };

/** Reads a usage object; `undefined` where it counts nothing. */
export function decodeUsage(raw: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const input = countOf(raw["input_tokens"]);
  const output = countOf(raw["output_tokens"]);
  if (input === undefined && output === undefined) return undefined;
  const cached = countOf(raw["cache_read_input_tokens"]);
  const byTime = objectOf(raw["cache_creation"]);
  const hour = countOf(byTime["ephemeral_1h_input_tokens"]);
  const fiveMinutes = countOf(byTime["ephemeral_5m_input_tokens"]);
  const isSplit = hour !== undefined || fiveMinutes !== undefined;
  const written = countOf(raw["cache_creation_input_tokens"]) ??
    (isSplit ? (hour ?? 0) + (fiveMinutes ?? 0) : undefined);
  const reasoning = countOf(objectOf(raw["output_tokens_details"])["thinking_tokens"]);
  const searches = countOf(objectOf(raw["server_tool_use"])["web_search_requests"]);
  const inputTokens = (input ?? 0) + (cached ?? 0) + (written ?? 0);
  const outputTokens = output ?? 0;
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
    ...(hour !== undefined && { cacheWriteHourInputTokens: Math.min(hour, written ?? hour) }),
    ...(reasoning !== undefined && { reasoningOutputTokens: reasoning }),
    ...(searches !== undefined && searches > 0 && { webSearches: searches }),
    native: { format: NAME, value: raw },
  };
}

/** Writes a usage object: the provider's own where it had this form. */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  if (usage === undefined) return NOTHING_COUNTED;
  const { native, reasoningOutputTokens } = usage;
  if (native?.format === NAME && isJsonObject(native.value)) {
    return { ...NOTHING_COUNTED, ...native.value };
  }
  const cached = usage.cachedInputTokens ?? 0;
  const written = usage.cacheWriteInputTokens ?? 0;
  const hour = usage.cacheWriteHourInputTokens;
  return {
    input_tokens: Math.max(0, usage.inputTokens - cached - written),
    cache_creation_input_tokens: written,
    cache_read_input_tokens: cached,
    ...(hour !== undefined && {
      cache_creation: {
        ephemeral_5m_input_tokens: Math.max(0, written - hour),
        ephemeral_1h_input_tokens: hour,
      },
    }),
    output_tokens: usage.outputTokens,
    ...(reasoningOutputTokens !== undefined && {
      output_tokens_details: { thinking_tokens: reasoningOutputTokens },
    }),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
