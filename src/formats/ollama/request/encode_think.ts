/**
 * Whether the model is to think, in the words that it takes.
 *
 * Most models think or do not, and think by themselves where nobody says otherwise; those that do not refuse
 * to be told to. So only a plain wish is passed on, and how much is told to those alone that know such words.
 *
 * @module
 */

import type { ChatRequest } from "../../../core/chat/chat.ts";
import { NAME } from "../name.ts";

/** Models that take `low`, `medium` and `high`. */
const GRADED = /gpt-oss/i;

const WORD_BY_EFFORT: ReadonlyMap<string, string> = new Map(Object.entries({
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
}));

/** `undefined` where the model is to do as it does by itself. */
export function encodeThink(
  { model, reasoning }: Pick<ChatRequest, "model" | "reasoning">,
  warnings: Set<string>,
): boolean | string | undefined {
  if (reasoning === undefined) return undefined;
  const { mode, effort, maxTokens, isHidden } = reasoning;
  if (mode === "off" || effort === "none") return false;
  if (isHidden === true) {
    warnings.add(`The reasoning is not hidden: ${NAME} has no word for it`);
  }
  if (maxTokens !== undefined) {
    warnings.add(`The number of tokens to reason with is left out: ${NAME} has no word for it`);
  }
  const word = effort === undefined ? undefined : WORD_BY_EFFORT.get(effort);
  if (effort !== undefined && GRADED.test(model)) return word ?? "medium";
  if (effort !== undefined && mode !== "on") {
    warnings.add(`The effort "${effort}" to reason with is left out: the model has no word for it`);
  }
  return mode === "on" ? true : undefined;
}
