/**
 * How much the model is to think, in OpenAI's word or in OpenRouter's object.
 *
 * @module
 */

import type { ReasoningWish } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import { given } from "./given.ts";
import type { RequestEncoding } from "./variant.ts";

/** Where a number of tokens becomes a word: the most that each stands for. */
const LOW_TOKENS = 4_096;
const MEDIUM_TOKENS = 16_384;

/** The fields of a wish; none where there is none. */
export function encodeReasoning(
  wish: ReasoningWish | undefined,
  { variant, warnings }: RequestEncoding,
): JsonObject {
  if (wish === undefined) return {};
  const { mode, maxTokens, isHidden } = wish;
  const isOff = mode === "off" || wish.effort === "none";
  if (variant === "openrouter") {
    const isMeasured = wish.effort !== undefined || maxTokens !== undefined;
    const isOn = mode !== undefined && !isMeasured;
    const fields = isOff ? { enabled: false } : given({
      // It takes one of the two.
      effort: maxTokens === undefined ? wish.effort : undefined,
      max_tokens: maxTokens,
      enabled: isOn ? true : undefined,
      exclude: isHidden,
    });
    return Object.keys(fields).length === 0 ? {} : { reasoning: fields };
  }
  if (isHidden === true && !isOff) {
    warnings.add("The reasoning is not hidden: the format has no word for it");
  }
  if (isOff) return { reasoning_effort: "none" };
  if (wish.effort !== undefined) return { reasoning_effort: wish.effort };
  if (maxTokens === undefined) return {};
  const word = maxTokens <= LOW_TOKENS ? "low" : maxTokens <= MEDIUM_TOKENS ? "medium" : "high";
  warnings.add(`The number of tokens to reason with is sent as the effort "${word}"`);
  return { reasoning_effort: word };
}
