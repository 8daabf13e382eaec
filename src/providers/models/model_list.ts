/** Reads model lists in OpenAI's form and those near it, with what some tell beyond it. */

import { GatewayError } from "../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import type { ListedModel, ModelPricing } from "../../core/provider/provider.ts";
import { readFacts } from "./read_facts.ts";

const MAX_MODELS = 10_000;

/**
 * OpenRouter's fields that are kept as they are. An allow-list: elsewhere a list may tell of the
 * installation (paths, addresses).
 */
const KEPT_FIELDS = [
  "canonical_slug",
  "hugging_face_id",
  "architecture",
  "top_provider",
  "per_request_limits",
  "default_parameters",
  "supported_voices",
  "knowledge_cutoff",
  "expiration_date",
  "reasoning",
];

/**
 * Reads `{data: [{id, created?, owned_by?, ...}]}` with OpenRouter's fields, whoever gives them. The list may
 * also stand in `models` or by itself (Together AI), the id in `name` (Ollama), or be all that is said of a
 * model; entries without any are skipped.
 *
 * @param ownFields Further fields that are kept as they are.
 */
export function decodeModelList(
  body: JsonValue,
  providerName: string,
  ownFields: readonly string[] = [],
): readonly ListedModel[] {
  const keptFields = [...KEPT_FIELDS, ...ownFields];
  const models: ListedModel[] = [];
  for (const given of listIn(body).slice(0, MAX_MODELS)) {
    const entry = typeof given === "string" ? { id: given } : given;
    if (!isJsonObject(entry)) continue;
    const id = readText(entry.id) || readText(entry.name);
    if (id) models.push(readModel(entry, id, providerName, keptFields));
  }
  return models;
}

function listIn(body: JsonValue): readonly JsonValue[] {
  const places = isJsonObject(body) ? [body.data, body.models] : [body];
  for (const place of places) if (Array.isArray(place)) return place;
  throw new GatewayError(
    "upstream_invalid_response",
    'The upstream\'s model list has no list in its field "data" or "models"',
  );
}

function readModel(
  entry: JsonObject,
  id: string,
  providerName: string,
  keptFields: readonly string[],
): ListedModel {
  const best = isJsonObject(entry.top_provider) ? entry.top_provider : {};
  const kept = keptFields.flatMap((field) => {
    const value = entry[field];
    return value === undefined ? [] : [[field, value] as const];
  });
  return {
    id,
    object: "model",
    name: readText(entry.name) ?? id,
    created: typeof entry.created === "number" ? Math.trunc(entry.created) : 0,
    owned_by: readText(entry.owned_by) || providerName,
    description: readText(entry.description),
    facts: readFacts(entry),
    pricing: readPricing(entry.pricing),
    supported_parameters: readTexts(entry.supported_parameters),
    is_moderated: readFlag(best.is_moderated) ?? readFlag(entry.is_moderated),
    more: Object.fromEntries(kept),
  };
}

/**
 * Only decimal texts are prices: elsewhere a number may be per million tokens, or of something else.
 * OpenRouter writes `-1` where it depends on what a request is routed to.
 */
function readPricing(value: JsonValue | undefined): ModelPricing {
  const listed = isJsonObject(value) ? value : {};
  const { discount, overrides } = listed;
  const prices = Object.entries(listed).filter((entry): entry is [string, string] =>
    isPrice(entry[1])
  );
  return {
    prompt: null,
    completion: null,
    ...Object.fromEntries(prices),
    ...(typeof discount === "number" && { discount }),
    ...(Array.isArray(overrides) &&
      { overrides: overrides.filter(isJsonObject).map(withoutUnknown) }),
  };
}

/** Conditions beside prices, of which none that is known begins with a minus. */
function withoutUnknown(override: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(override).filter(([, value]) =>
      !(typeof value === "string" && value.startsWith("-"))
    ),
  );
}

function isPrice(value: JsonValue | undefined): value is string {
  return typeof value === "string" && /^\d+(\.\d+)?(e-?\d+)?$/i.test(value);
}

function readText(value: JsonValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function readTexts(value: JsonValue | undefined): readonly string[] | null {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : null;
}

function readFlag(value: JsonValue | undefined): boolean | null {
  return typeof value === "boolean" ? value : null;
}
