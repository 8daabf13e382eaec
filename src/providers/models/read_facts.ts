/** Reads what an entry of a model list tells of its model, in whose words ever. */

import { CAPABILITIES, mergeFacts, type ModelFacts } from "../../core/provider/model_facts.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";

type Capability = (typeof CAPABILITIES)[number];

/**
 * Members that tell the context: OpenRouter, Together and Venice; vLLM; Groq; Mistral and LM Studio;
 * Anthropic; Venice's `model_spec`; Gemini; llama.cpp's `meta`.
 */
const CONTEXT_NAMES = [
  "context_length",
  "max_model_len",
  "context_window",
  "max_context_length",
  "max_input_tokens",
  "availableContextTokens",
  "inputTokenLimit",
  "n_ctx_train",
];

/** OpenRouter and Groq; others; Venice; Gemini. */
const OUTPUT_NAMES = [
  "max_completion_tokens",
  "max_output_tokens",
  "maxCompletionTokens",
  "outputTokenLimit",
];

/** Without what stands between words and before them: `supportsFunctionCalling`, `tool_use`. */
const WORDS: Readonly<Record<string, Capability>> = {
  tools: "tools",
  tooluse: "tools",
  toolcalling: "tools",
  functioncalling: "tools",
  vision: "vision",
  imageinput: "vision",
  thinking: "thinking",
  reasoning: "thinking",
  embedding: "embedding",
  embeddings: "embedding",
};

export function readFacts(entry: JsonObject): ModelFacts {
  const best = objectIn(entry, "top_provider");
  const spec = objectIn(entry, "model_spec");
  const contextTokens = firstCount([entry, spec, objectIn(entry, "meta")], CONTEXT_NAMES);
  const maxOutputTokens = firstCount([best, entry, spec], OUTPUT_NAMES);
  return mergeFacts(
    { ...(contextTokens && { contextTokens }), ...(maxOutputTokens && { maxOutputTokens }) },
    ...[entry.capabilities, spec.capabilities].map(readCapabilities),
    readModalities(objectIn(entry, "architecture")),
    readParameters(entry.supported_parameters),
    readFlags(entry),
    readType(entry.type),
  );
}

function readCapabilities(value: JsonValue | undefined): ModelFacts {
  if (isJsonObject(value)) return readFlags(value);
  if (!Array.isArray(value)) return {};
  const named = value.flatMap((word) => typeof word === "string" ? capabilityOf(word) ?? [] : []);
  const told = Object.fromEntries(named.map((capability) => [capability, true]));
  // Ollama's lists are whole, so that what is not in them is not so.
  const isWhole = value.includes("completion") || value.includes("embedding");
  if (!isWhole) return told;
  return mergeFacts(told, Object.fromEntries(CAPABILITIES.map((name) => [name, false])));
}

/** `{"vision":true}`, `{"thinking":{"supported":true}}`. */
function readFlags(object: JsonObject): ModelFacts {
  const flags = Object.entries(object).flatMap(([name, value]) => {
    const capability = capabilityOf(name);
    const flag = isJsonObject(value) ? value.supported : value;
    return capability !== undefined && typeof flag === "boolean" ? [[capability, flag]] : [];
  });
  return Object.fromEntries(flags);
}

function capabilityOf(word: string): Capability | undefined {
  const bare = word.toLowerCase().replace(/[^a-z]/g, "").replace(/^supports/, "");
  return Object.hasOwn(WORDS, bare) ? WORDS[bare] : undefined;
}

/** OpenRouter's, which are whole lists. */
function readModalities({ input_modalities: input, output_modalities: output }: JsonObject) {
  return {
    ...(Array.isArray(input) && { vision: input.includes("image") }),
    ...(Array.isArray(output) && { embedding: output.includes("embeddings") }),
  };
}

function readParameters(parameters: JsonValue | undefined): ModelFacts {
  if (!Array.isArray(parameters) || parameters.length === 0) return {};
  return { tools: parameters.includes("tools"), thinking: parameters.includes("reasoning") };
}

/** Venice, Together and LM Studio, where a `vlm` reads images. */
function readType(type: JsonValue | undefined): ModelFacts {
  if (typeof type !== "string") return {};
  if (/^embeddings?$/.test(type)) return { embedding: true };
  return type === "vlm" ? { vision: true } : {};
}

function objectIn(entry: JsonObject, name: string): JsonObject {
  const value = entry[name];
  return isJsonObject(value) ? value : {};
}

function firstCount(places: readonly JsonObject[], names: readonly string[]): number | undefined {
  for (const place of places) {
    for (const name of names) {
      const value = place[name];
      if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
    }
  }
  return undefined;
}
