/** A model in the words of OpenRouter's catalog. */

import type { ModelFacts } from "../../../core/provider/model_facts.ts";
import type { ListedModel } from "../../../core/provider/provider.ts";
import { isJsonObject, type JsonObject } from "../../../core/text/json.ts";

/** `null` is what nobody tells. */
export function catalogEntry(model: ListedModel): JsonObject {
  const { facts, more, ...rest } = model;
  return {
    ...rest,
    context_length: facts.contextTokens ?? null,
    supported_parameters: supportedParameters(model),
    max_completion_tokens: facts.maxOutputTokens ?? null,
    ...more,
    ...architectureOf(facts, more),
  };
}

/** What is known of tools and thinking is known there by the parameters that ask for them. */
export function supportedParameters(
  { supported_parameters: listed, facts: { tools, thinking } }: ListedModel,
): readonly string[] | null {
  const named = (is: boolean): readonly string[] => [
    ...(tools === is ? ["tools", "tool_choice"] : []),
    ...(thinking === is ? ["reasoning"] : []),
  ];
  const refused = named(false);
  const taken = named(true);
  if (listed === null && taken.length === 0) return null;
  const told = (listed ?? []).filter((name) => !refused.includes(name));
  // A list that has the tools may well not take a choice among them.
  const lacking = told.includes("tools") ? taken.filter((name) => name !== "tool_choice") : taken;
  return [...told, ...lacking.filter((name) => !told.includes(name))];
}

function architectureOf(
  { vision, embedding }: ModelFacts,
  { architecture }: JsonObject,
): JsonObject {
  if (isJsonObject(architecture) || (vision === undefined && embedding !== true)) return {};
  return {
    architecture: {
      input_modalities: vision === true ? ["text", "image"] : ["text"],
      output_modalities: [embedding === true ? "embeddings" : "text"],
    },
  };
}
