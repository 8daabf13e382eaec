/**
 * How much the model is to think, in the words that it takes.
 *
 * @module
 */

import type { ReasoningWish } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { NAME } from "../name.ts";
import type { ModelTraits } from "./model_traits.ts";

/** From the least to the most. */
const EFFORTS: readonly string[] = ["minimal", "low", "medium", "high", "xhigh", "max"];

const BUDGET_BY_EFFORT: ReadonlyMap<string, number> = new Map(Object.entries({
  minimal: 512,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
}));

/** Where a number of tokens is asked for of a model that takes words. */
const MAX_LOW_TOKENS = 4_096;
const MAX_MEDIUM_TOKENS = 16_384;

/** `thinkingConfig`; `undefined` where the request says nothing of it, or the model does not think. */
export function encodeThinking(
  wish: ReasoningWish | undefined,
  traits: ModelTraits,
  warnings: Set<string>,
): JsonObject | undefined {
  if (wish === undefined || Object.keys(wish).length === 0) return undefined;
  const isOff = wish.mode === "off" || wish.effort === "none";
  if (traits.thinking === "none") {
    if (!isOff) warnings.add("The wish for reasoning is left out: the model does not reason");
    return undefined;
  }
  if (isOff) return encodeOff(traits, warnings);
  const amount = traits.thinking === "level" ? levelOf(wish, traits) : budgetOf(wish, traits);
  return { ...amount, includeThoughts: wish.isHidden !== true };
}

function encodeOff(traits: ModelTraits, warnings: Set<string>): JsonObject {
  if (traits.canStopThinking) return { thinkingBudget: 0 };
  warnings.add(`Reasoning cannot be switched off: the model reasons as little as ${NAME} lets it`);
  return traits.thinking === "level"
    ? { thinkingLevel: traits.levels[0]! }
    : { thinkingBudget: traits.minBudgetTokens };
}

/** The nearest word below the one that is asked for, or the least. */
function levelOf({ effort, maxTokens }: ReasoningWish, { levels }: ModelTraits): JsonObject {
  const asked = effort ?? (maxTokens === undefined ? undefined : effortOf(maxTokens));
  if (asked === undefined) return {};
  const rank = EFFORTS.indexOf(asked);
  if (rank === -1) return { thinkingLevel: asked };
  const level = levels.findLast((word) => EFFORTS.indexOf(word) <= rank) ?? levels[0]!;
  return { thinkingLevel: level };
}

function effortOf(maxTokens: number): string {
  if (maxTokens <= MAX_LOW_TOKENS) return "low";
  return maxTokens <= MAX_MEDIUM_TOKENS ? "medium" : "high";
}

function budgetOf(
  { mode, effort, maxTokens }: ReasoningWish,
  { minBudgetTokens, maxBudgetTokens }: ModelTraits,
): JsonObject {
  const asked = maxTokens ?? (effort === undefined ? undefined : BUDGET_BY_EFFORT.get(effort));
  if (asked === undefined) return mode === "adaptive" ? { thinkingBudget: -1 } : {};
  return { thinkingBudget: Math.min(maxBudgetTokens, Math.max(minBudgetTokens, asked)) };
}
