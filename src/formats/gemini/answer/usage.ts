/**
 * Token counts in Gemini's form, whose `candidatesTokenCount` leaves out what the model thought.
 *
 * @module
 */

import type { Usage } from "../../../core/chat.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import { countOf } from "../../counts.ts";

/** Reads `usageMetadata`; `undefined` where it counts nothing. */
export function decodeUsage(raw: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(raw)) return undefined;
  const prompt = countOf(raw["promptTokenCount"]);
  const candidates = countOf(raw["candidatesTokenCount"]);
  const total = countOf(raw["totalTokenCount"]);
  if (prompt === undefined && candidates === undefined && total === undefined) return undefined;
  const thoughts = countOf(raw["thoughtsTokenCount"]);
  const cached = countOf(raw["cachedContentTokenCount"]);
  const inputTokens = (prompt ?? 0) + (countOf(raw["toolUsePromptTokenCount"]) ?? 0);
  const outputTokens = (candidates ?? 0) + (thoughts ?? 0);
  return {
    inputTokens,
    outputTokens,
    totalTokens: Math.max(total ?? 0, inputTokens + outputTokens),
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(thoughts !== undefined && { reasoningOutputTokens: thoughts }),
    native: { format: NAME, value: raw },
  };
}

/** Writes `usageMetadata`: the provider's own where it had this form. */
export function encodeUsage(usage: Usage | undefined): JsonObject {
  if (usage === undefined) return { promptTokenCount: 0, totalTokenCount: 0 };
  const { native, inputTokens, outputTokens, cachedInputTokens: cached } = usage;
  if (native?.format === NAME && isJsonObject(native.value)) return native.value;
  const thoughts = Math.min(usage.reasoningOutputTokens ?? 0, outputTokens);
  return {
    promptTokenCount: inputTokens,
    candidatesTokenCount: outputTokens - thoughts,
    totalTokenCount: usage.totalTokens,
    ...(cached !== undefined && cached > 0 && { cachedContentTokenCount: cached }),
    ...(thoughts > 0 && { thoughtsTokenCount: thoughts }),
  };
}
