/**
 * Log probabilities, in the words that all formats have.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

/** An entry for each chosen token; none where the candidate tells none. */
export function decodeLogprobs(result: JsonValue | undefined): readonly JsonObject[] {
  if (!isJsonObject(result)) return [];
  const steps = listOf(result["topCandidates"]);
  return listOf(result["chosenCandidates"]).map((chosen, index) => ({
    ...entryOf(chosen),
    top_logprobs: listOf(steps[index]?.["candidates"]).map(entryOf),
  }));
}

function entryOf({ token, logProbability }: JsonObject): JsonObject {
  return { token: token ?? "", logprob: logProbability ?? 0, bytes: null };
}

function listOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
