/**
 * How much the model is to think, in the words of its vendor.
 *
 * @module
 */

import type { ChatRequest, ReasoningWish } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { ConverseTraits } from "./model_traits.ts";

export interface EncodedReasoning {
  /** Of `inferenceConfig`, `outputConfig` and `additionalModelRequestFields`. */
  readonly inference?: JsonObject;
  readonly config?: JsonObject;
  readonly more?: JsonObject;
}

/** The least that Claude takes, and what is enough for most. */
const MIN_BUDGET_TOKENS = 1_024;
const BUDGET_BY_EFFORT: ReadonlyMap<string, number> = new Map(Object.entries({
  minimal: MIN_BUDGET_TOKENS,
  low: 4_096,
  medium: 8_192,
  high: 16_384,
}));
const DEFAULT_BUDGET_TOKENS = 8_192;
/** Room for the answer behind the reasoning, where the client gives no bound. */
const ANSWER_TOKENS = 8_192;

export function encodeReasoning(
  request: ChatRequest,
  { thinking }: ConverseTraits,
  warnings: Set<string>,
): EncodedReasoning {
  const { reasoning: wish } = request;
  if (wish === undefined) return {};
  if (wish.mode === "off" || wish.effort === "none") {
    if (thinking !== "gpt_oss") return {};
    warnings.add("Reasoning cannot be switched off: the model reasons as little as it can");
    return { more: { reasoning_effort: "low" } };
  }
  switch (thinking) {
    case "none":
      warnings.add(
        "The reasoning that was asked for is left out: there is no word for it with this model",
      );
      return {};
    case "nova":
      return {
        more: { reasoningConfig: { type: "enabled", maxReasoningEffort: threeEfforts(wish) } },
      };
    case "gpt_oss":
      return { more: { reasoning_effort: threeEfforts(wish) } };
    case "claude":
      return claudeBudget(request, wish, warnings);
  }
}

/** Who knows three words only. */
function threeEfforts({ maxTokens, effort = effortFor(maxTokens) }: ReasoningWish): string {
  if (effort === "minimal") return "low";
  return effort === "xhigh" || effort === "max" ? "high" : effort;
}

/** The least effort whose tokens are enough. */
function effortFor(tokens = DEFAULT_BUDGET_TOKENS): string {
  const enough = [...BUDGET_BY_EFFORT].find(([, budget]) => budget >= tokens);
  return enough?.[0] ?? "high";
}

function claudeBudget(
  { maxOutputTokens, toolChoice, temperature, topP }: ChatRequest,
  { effort = "", maxTokens }: ReasoningWish,
  warnings: Set<string>,
): EncodedReasoning {
  const asked = Math.max(
    MIN_BUDGET_TOKENS,
    maxTokens ?? BUDGET_BY_EFFORT.get(effort) ?? DEFAULT_BUDGET_TOKENS,
  );
  const bound = maxOutputTokens ?? asked + ANSWER_TOKENS;
  const isForced = toolChoice === "required" || typeof toolChoice === "object";
  if (bound <= MIN_BUDGET_TOKENS || isForced || temperature !== undefined || topP !== undefined) {
    warnings.add(
      "The reasoning that was asked for is left out: the model does not take it with the rest of the request",
    );
    return {};
  }
  const budget = Math.min(asked, Math.max(MIN_BUDGET_TOKENS, Math.floor(bound * 0.8)));
  return {
    inference: { maxTokens: bound },
    more: { thinking: { type: "enabled", budget_tokens: budget } },
  };
}
