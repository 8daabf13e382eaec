/** `GET /models` and `GET /models/:id` for clients of Anthropic's API. */

import { GatewayError } from "../../core/gateway_error.ts";
import { FIXED_CREATED_SECONDS } from "../answer.ts";
import { MODEL_IDS } from "../models.ts";
import { refusal } from "./request.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

const MODELS = MODEL_IDS.map((id) => ({
  type: "model",
  id,
  display_name: `Fake: ${id}`,
  created_at: new Date(FIXED_CREATED_SECONDS * 1000).toISOString(),
  max_input_tokens: 200_000,
  max_tokens: 64_000,
}));

/** A page of the list, as JSON text. Throws `GatewayError` `invalid_request`. */
export function modelsPage(query: URLSearchParams): string {
  const limit = Number(query.get("limit") ?? DEFAULT_LIMIT);
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw refusal(`limit: Input should be between 1 and ${MAX_LIMIT}`);
  }
  const beforeId = query.get("before_id");
  const start = placeOf(query.get("after_id"), "after_id", -1) + 1;
  const end = placeOf(beforeId, "before_id", MODELS.length);
  const rest = MODELS.slice(start, end);
  // Going back, the page is the one that ends where the last one began.
  const data = beforeId === null ? rest.slice(0, limit) : rest.slice(-limit);
  return JSON.stringify({
    data,
    has_more: data.length < rest.length,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  });
}

/** One model, as JSON text. Throws `GatewayError` `not_found`. */
export function modelText(id: string): string {
  const model = MODELS.find((candidate) => candidate.id === id);
  if (model !== undefined) return JSON.stringify(model);
  throw new GatewayError("not_found", `model: ${id}`);
}

function placeOf(id: string | null, name: string, byDefault: number): number {
  if (id === null) return byDefault;
  const place = MODELS.findIndex((model) => model.id === id);
  if (place === -1) throw refusal(`${name}: no model is called ${id}`);
  return place;
}
