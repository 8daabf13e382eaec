/**
 * Token counts in Gemini's form, whose `candidatesTokenCount` leaves out what the model thought.
 *
 * @module
 */

import type { Writable } from "../../../core/writable.ts";
import type { Usage } from "../../../core/chat/chat.ts";
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
    ...modalityCounts(raw),
    native: { format: NAME, value: raw },
  };
}

type ModalityCounts = Pick<
  Usage,
  | "audioInputTokens"
  | "imageInputTokens"
  | "videoInputTokens"
  | "cachedAudioInputTokens"
  | "cachedImageInputTokens"
  | "audioOutputTokens"
  | "imageOutputTokens"
>;

/** `[{"modality":"AUDIO","tokenCount":7}]`, for the prompt, for what of it was cached, and for the answer. */
const MODALITIES: readonly (readonly [string, string, keyof ModalityCounts])[] = [
  ["promptTokensDetails", "AUDIO", "audioInputTokens"],
  ["promptTokensDetails", "IMAGE", "imageInputTokens"],
  ["promptTokensDetails", "VIDEO", "videoInputTokens"],
  ["cacheTokensDetails", "AUDIO", "cachedAudioInputTokens"],
  ["cacheTokensDetails", "IMAGE", "cachedImageInputTokens"],
  ["candidatesTokensDetails", "AUDIO", "audioOutputTokens"],
  ["candidatesTokensDetails", "IMAGE", "imageOutputTokens"],
];

function modalityCounts(raw: JsonObject): ModalityCounts {
  const counts: Writable<ModalityCounts> = {};
  for (const [member, modality, name] of MODALITIES) {
    const details = raw[member];
    if (!Array.isArray(details)) continue;
    const named = details.filter(isJsonObject).find((detail) => detail["modality"] === modality);
    const count = countOf(named?.["tokenCount"]);
    if (count !== undefined && count > 0) counts[name] = count;
  }
  return counts;
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
