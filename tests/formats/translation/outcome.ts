/**
 * What became of a feature, by what is found in the body that was written.
 *
 * @module
 */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { type Feature, type Name, onlyOf } from "./feature.ts";
import { has, type Pattern } from "./pattern.ts";

/** The last three are mistakes, whatever is expected. */
export type Outcome =
  | { readonly kind: "carried" }
  | {
    readonly kind: "approximated";
    readonly how: string;
    readonly warnings: readonly string[];
  }
  | { readonly kind: "dropped"; readonly warnings: readonly string[] }
  | { readonly kind: "refused"; readonly status: number; readonly message: string }
  /** It is not there, and nobody says so. An answer has no place to say it. */
  | { readonly kind: "left out"; readonly body: JsonObject }
  /** What only another format has a word for stands in the body. */
  | { readonly kind: "leaked"; readonly body: JsonObject }
  /** It is there, and a warning says that it is not. */
  | { readonly kind: "carried, with a warning"; readonly warnings: readonly string[] };

const NAMES: readonly Name[] = [
  "openai_chat",
  "openai_responses",
  "anthropic_messages",
  "chatjimmy",
  "gemini",
  "bedrock_converse",
  "ollama",
];

/** Judges the body that was written for one format. */
export function judge(
  feature: Feature,
  target: Name,
  body: JsonObject,
  warnings: readonly string[],
): Outcome {
  const own = feature.carried?.[target] ?? feature.words[target];
  if (own !== undefined && has(body, own)) {
    if (leaks(body, target, own)) return { kind: "leaked", body };
    return warnings.length === 0
      ? { kind: "carried" }
      : { kind: "carried, with a warning", warnings };
  }
  for (const [how, near] of Object.entries(feature.approximated?.[target] ?? {})) {
    if (!has(body, near)) continue;
    if (leaks(body, target, near)) return { kind: "leaked", body };
    return { kind: "approximated", how, warnings };
  }
  if (leaks(body, target, null)) return { kind: "leaked", body };
  return warnings.length === 0 ? { kind: "left out", body } : { kind: "dropped", warnings };
}

/** Whether what belongs to another format stands in a body, though nothing asks for it. */
function leaks(body: JsonObject, target: Name, asked: Pattern): boolean {
  const [written, expected] = [JSON.stringify(body), JSON.stringify(asked)];
  return NAMES.some((name) =>
    name !== target && written.includes(onlyOf(name)) && !expected.includes(onlyOf(name))
  );
}
