/**
 * How much the model is to think, in the words that it takes.
 *
 * @module
 */

import type { ChatRequest, ReasoningWish } from "../../../core/chat/chat.ts";
import type { JsonObject } from "../../../core/text/json.ts";
import type { Turn } from "./encode_messages.ts";
import type { ModelTraits } from "./model_traits.ts";

/** The fields of a request that this decides. */
export interface EncodedReasoning {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  readonly maxTokens: number;
}

/** Where the client gives no bound: enough for a long answer, and what clients wait for without a stream. */
const DEFAULT_MAX_TOKENS = 16_384;

/** The least that the API takes. */
const MIN_BUDGET_TOKENS = 1_024;

/** Of a bound that the client gave, the part that may go into thinking. */
const MAX_BUDGET_PART = 0.8;

const BUDGET_BY_EFFORT: ReadonlyMap<string, number> = new Map(Object.entries({
  minimal: MIN_BUDGET_TOKENS,
  low: 4_096,
  medium: 8_192,
  high: 16_384,
  xhigh: 32_768,
  max: 32_768,
}));

const DEFAULT_BUDGET_TOKENS = 8_192;

/** From the least to the most; a model that lacks one takes the nearest below it. */
const EFFORTS: readonly string[] = ["minimal", "low", "medium", "high", "xhigh", "max"];

/** Writes the wish and the bound, which thinking counts towards. */
export function encodeReasoning(
  request: ChatRequest,
  turns: readonly Turn[],
  { traits, defaults, warnings }: {
    readonly traits: ModelTraits;
    readonly defaults: { readonly maxOutputTokens?: number };
    readonly warnings: Set<string>;
  },
): EncodedReasoning {
  const wish = request.reasoning ?? {};
  const given = request.maxOutputTokens;
  const maxTokens = given ??
    Math.min(defaults.maxOutputTokens ?? DEFAULT_MAX_TOKENS, traits.maxOutputTokens);
  const wants = wish.mode !== undefined || wish.effort !== undefined ||
    wish.maxTokens !== undefined;
  if (!wants) return { maxTokens };
  if (wish.mode === "off" || wish.effort === "none") {
    return traits.thinking === "none"
      ? { maxTokens }
      : { thinking: { type: "disabled" }, maxTokens };
  }
  const isCounted = traits.thinking === "budget" ||
    traits.thinking === "either" && wish.maxTokens !== undefined;
  const effort = effortOf(wish, isCounted, traits, warnings);
  if (traits.thinking === "none") {
    warnings.add("The reasoning that was asked for is left out: the model does not reason");
    return { maxTokens };
  }
  const obstacle = obstacleOf(request, turns, isCounted);
  if (obstacle !== undefined) {
    warnings.add(`The reasoning that was asked for is left out: ${obstacle}`);
    return { ...effort, maxTokens };
  }
  if (!isCounted) {
    // Newer models do not show it unless they are asked to.
    const display = wish.isHidden === true ? "omitted" : "summarized";
    return { thinking: { type: "adaptive", display }, ...effort, maxTokens };
  }
  return { ...withBudget(wish, given, maxTokens, traits, warnings), ...effort };
}

/** The effort in a word that the model takes; of a number where it takes none. */
function effortOf(
  wish: ReasoningWish,
  isCounted: boolean,
  { thinking, efforts }: ModelTraits,
  warnings: Set<string>,
): { readonly effort?: string } {
  if (thinking === "none" || efforts.length === 0) return {};
  const word = wish.effort ?? (isCounted ? undefined : effortFor(wish.maxTokens));
  if (word === undefined) return {};
  if (wish.effort === undefined) {
    warnings.add(`The number of tokens to reason with is sent as the effort "${word}"`);
  }
  const rank = EFFORTS.indexOf(word);
  if (rank === -1 || efforts.includes(word)) return { effort: word };
  const nearest = efforts.findLast((known) => EFFORTS.indexOf(known) < rank) ?? efforts[0]!;
  warnings.add(
    `The reasoning effort "${word}" is sent as "${nearest}", the nearest the model takes`,
  );
  return { effort: nearest };
}

function effortFor(tokens: number | undefined): string | undefined {
  if (tokens === undefined) return undefined;
  if (tokens <= 4_096) return "low";
  return tokens <= 16_384 ? "medium" : "high";
}

function withBudget(
  wish: ReasoningWish,
  given: number | undefined,
  maxTokens: number,
  traits: ModelTraits,
  warnings: Set<string>,
): EncodedReasoning {
  const asked = Math.max(
    MIN_BUDGET_TOKENS,
    wish.maxTokens ?? BUDGET_BY_EFFORT.get(wish.effort ?? "") ?? DEFAULT_BUDGET_TOKENS,
  );
  // Without a bound of the client's, there is room for the answer behind the reasoning.
  const bound = given ?? Math.min(asked + maxTokens, traits.maxOutputTokens);
  const budget = Math.min(
    asked,
    wish.maxTokens === undefined || asked >= bound ? Math.floor(bound * MAX_BUDGET_PART) : asked,
  );
  if (budget < MIN_BUDGET_TOKENS) {
    warnings.add(
      `The reasoning that was asked for is left out: of ${bound} tokens of output ` +
        `there is no room for the ${MIN_BUDGET_TOKENS} it takes at least`,
    );
    return { maxTokens: bound };
  }
  const isHidden = wish.isHidden === true && traits.hidesThinking;
  if (wish.isHidden === true && !isHidden) {
    warnings.add("The reasoning is not hidden: the model has no word for it");
  }
  return {
    thinking: {
      type: "enabled",
      budget_tokens: budget,
      ...(isHidden && { display: "omitted" }),
    },
    maxTokens: bound,
  };
}

/** What the API refuses together with thinking. */
function obstacleOf(
  { toolChoice, tools = [] }: ChatRequest,
  turns: readonly Turn[],
  isCounted: boolean,
): string | undefined {
  const isForced = toolChoice === "required" || typeof toolChoice === "object";
  if (isForced && tools.length > 0) return "the model may not reason where it must call a tool";
  if (turns.at(-1)?.role === "assistant") {
    return "the model may not reason where its answer is begun for it";
  }
  // Who thinks by a budget must find the thinking behind the calls whose results it reads.
  const answered = turns.at(-1)?.content[0]?.["type"] === "tool_result";
  const call = turns.findLast(({ role }) => role === "assistant")?.content[0]?.["type"];
  const isUnsigned = answered && call !== "thinking" && call !== "redacted_thinking";
  return isCounted && isUnsigned
    ? "the conversation does not hold the signed reasoning before its last tool calls"
    : undefined;
}
