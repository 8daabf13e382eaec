/**
 * Token counts in the form of Responses.
 *
 * @module
 */

import type { Usage } from "../../../core/chat/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { chargeOf, countOf } from "../../counts.ts";
import { mediaCounts } from "../../media_counts.ts";

/** Reads a usage object; `undefined` where it counts nothing. */
export function decodeUsage(raw: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const input = countOf(raw["input_tokens"]);
  const output = countOf(raw["output_tokens"]);
  const total = countOf(raw["total_tokens"]);
  if (input === undefined && output === undefined && total === undefined) return undefined;
  const inputDetails = objectOf(raw["input_tokens_details"]);
  const cached = countOf(inputDetails["cached_tokens"]);
  const written = countOf(inputDetails["cache_write_tokens"]);
  const outputDetails = objectOf(raw["output_tokens_details"]);
  const reasoning = countOf(outputDetails["reasoning_tokens"]);
  const cost = chargeOf(raw["cost"]); // OpenRouter's.
  return {
    inputTokens: input ?? 0,
    outputTokens: output ?? 0,
    totalTokens: total ?? (input ?? 0) + (output ?? 0),
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(written !== undefined && { cacheWriteInputTokens: written }),
    ...(reasoning !== undefined && { reasoningOutputTokens: reasoning }),
    ...mediaCounts(inputDetails, outputDetails),
    ...(cost !== undefined && { cost }),
    native: { format: NAME, value: raw },
  };
}

/** Writes a usage object, with the details that SDKs read without asking; null where nothing was counted. */
export function encodeUsage(usage: Usage | undefined): JsonObject | null {
  if (usage === undefined) return null;
  const { native, cost } = usage;
  const own = native?.format === NAME && isJsonObject(native.value) ? native.value : {};
  return {
    ...own,
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      cached_tokens: usage.cachedInputTokens ?? 0,
      cache_write_tokens: usage.cacheWriteInputTokens ?? 0,
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.reasoningOutputTokens ?? 0 },
    total_tokens: usage.totalTokens,
    ...(cost !== undefined && { cost }),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
