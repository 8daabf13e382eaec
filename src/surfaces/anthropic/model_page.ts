/** Models in Anthropic's shape, a page at a time. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { JsonObject } from "../../core/text/json.ts";
import type { VisibleModel } from "../../core/provider/provider.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1_000;
/** The last moment that a `Date` knows. */
const MAX_SECONDS = 8.64e12;

/** The page that a query asks for. Throws `invalid_request` naming the parameter. */
export function modelPage(models: readonly VisibleModel[], query: URLSearchParams): JsonObject {
  const limit = readLimit(query.get("limit"));
  const afterId = query.get("after_id");
  const beforeId = query.get("before_id");
  if (afterId !== null && beforeId !== null) {
    throw invalid("before_id", "may not stand beside after_id");
  }
  const from = afterId === null ? 0 : placeOf(models, "after_id", afterId) + 1;
  const to = beforeId === null ? models.length : placeOf(models, "before_id", beforeId);
  const page = beforeId === null
    ? models.slice(from, from + limit)
    : models.slice(Math.max(0, to - limit), to);
  return {
    data: page.map(modelOf),
    has_more: page.length < to - from,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

export function modelOf({ id, name, description, created, facts }: VisibleModel): JsonObject {
  const { contextTokens, maxOutputTokens, vision, thinking } = facts;
  const capabilities = {
    ...(vision !== undefined && { image_input: { supported: vision } }),
    ...(thinking !== undefined && { thinking: { supported: thinking } }),
  };
  return {
    type: "model",
    id,
    display_name: name ?? id,
    created_at: momentOf(created),
    ...(description && { description }),
    ...(contextTokens && { max_input_tokens: contextTokens }),
    ...(maxOutputTokens && { max_tokens: maxOutputTokens }),
    ...(Object.keys(capabilities).length > 0 && { capabilities }),
  };
}

/** RFC 3339. A list may tell of a moment that is none. */
function momentOf(seconds: number): string {
  const known = Math.abs(seconds) <= MAX_SECONDS ? seconds : 0;
  return new Date(known * 1_000).toISOString().replace(".000Z", "Z");
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalid("limit", `Input should be a whole number from 1 to ${MAX_LIMIT}`);
}

function placeOf(models: readonly VisibleModel[], param: string, id: string): number {
  const place = models.findIndex((model) => model.id === id);
  if (place >= 0) return place;
  throw invalid(param, "names no model of the list, which may have changed; begin anew without it");
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", `${param}: ${message}`, { param });
}
