/** A model as OpenAI's clients read it, with the facts under every name that some of them know. */

import { CAPABILITIES } from "../../core/provider/model_facts.ts";
import type { VisibleModel } from "../../core/provider/provider.ts";
import type { JsonObject } from "../../core/text/json.ts";

/** What is not known stands in no list: OpenAI's own tell nothing beyond the first four members. */
export function listedModel({ id, object, created, owned_by, facts }: VisibleModel): JsonObject {
  const { contextTokens, maxOutputTokens, embedding } = facts;
  const capabilities = CAPABILITIES.filter((name) => facts[name] === true);
  const isTold = CAPABILITIES.some((name) => facts[name] !== undefined);
  return {
    id,
    object,
    created,
    owned_by,
    ...(contextTokens && {
      context_length: contextTokens,
      max_model_len: contextTokens,
      max_input_tokens: contextTokens,
    }),
    ...(maxOutputTokens && {
      max_completion_tokens: maxOutputTokens,
      max_output_tokens: maxOutputTokens,
    }),
    // Ollama's words, which others have taken over.
    ...(isTold && { capabilities: [...(embedding ? [] : ["completion"]), ...capabilities] }),
  };
}
