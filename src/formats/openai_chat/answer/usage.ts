/**
 * Token counts in OpenAI's form.
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
  const prompt = countOf(raw["prompt_tokens"]);
  const completion = countOf(raw["completion_tokens"]);
  const total = countOf(raw["total_tokens"]);
  if (prompt === undefined && completion === undefined && total === undefined) return undefined;

  const inputTokens = prompt ?? 0;
  const promptDetails = objectOf(raw["prompt_tokens_details"]);
  const completionDetails = objectOf(raw["completion_tokens_details"]);
  // DeepSeek and Venice have names of their own for what the cache gave and took.
  const cached = countOf(promptDetails["cached_tokens"]) ?? countOf(raw["prompt_cache_hit_tokens"]);
  const cacheWrite = countOf(promptDetails["cache_write_tokens"]) ??
    countOf(promptDetails["cache_creation_input_tokens"]) ??
    countOf(promptDetails["cache_creation_tokens"]);
  const byTime = objectOf(promptDetails["cache_creation_token_details"]);
  const hour = countOf(byTime["ephemeral_1h_input_tokens"]);
  const reasoning = countOf(completionDetails["reasoning_tokens"]);
  const cost = chargeOf(raw["cost"]);
  // xAI counts reasoning beside the completion; only the total tells.
  const isReasoningBeside = completion !== undefined && reasoning !== undefined &&
    total === inputTokens + completion + reasoning;
  const outputTokens = (completion ?? 0) + (isReasoningBeside ? reasoning : 0);
  return {
    inputTokens,
    outputTokens,
    totalTokens: total ?? inputTokens + outputTokens,
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
    ...(hour !== undefined && { cacheWriteHourInputTokens: hour }),
    ...(reasoning !== undefined && { reasoningOutputTokens: reasoning }),
    ...mediaCounts(promptDetails, completionDetails),
    ...(cost !== undefined && { cost }),
    native: { format: NAME, value: raw },
  };
}

/** Writes a usage object: the provider's own where it had this form. */
export function encodeUsage(usage: Usage): JsonObject {
  const { native, cost, reasoningOutputTokens } = usage;
  if (native?.format === NAME && isJsonObject(native.value)) return native.value;
  const promptDetails = encodePromptDetails(usage);
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.totalTokens,
    ...(promptDetails !== undefined && { prompt_tokens_details: promptDetails }),
    ...(reasoningOutputTokens !== undefined && {
      completion_tokens_details: { reasoning_tokens: reasoningOutputTokens },
    }),
    ...(cost !== undefined && { cost }),
  };
}

/** Both times to live have names of their own at LiteLLM, which others follow. */
function encodePromptDetails(
  { cachedInputTokens: cached, cacheWriteInputTokens: written, cacheWriteHourInputTokens: hour }:
    Usage,
): JsonObject | undefined {
  if (cached === undefined && written === undefined) return undefined;
  return {
    cached_tokens: cached ?? 0,
    ...(written !== undefined && { cache_write_tokens: written }),
    ...(hour !== undefined && {
      cache_creation_token_details: {
        ephemeral_5m_input_tokens: Math.max(0, (written ?? hour) - hour),
        ephemeral_1h_input_tokens: hour,
      },
    }),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
