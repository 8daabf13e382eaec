/** Models in Google's shape, a page at a time. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { Model, VisibleModel } from "../../core/provider/provider.ts";
import type { JsonObject } from "../../core/text/json.ts";

const DEFAULT_PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 1_000;

const CHAT_METHODS = ["generateContent", "streamGenerateContent", "countTokens"];
const EMBEDDING_METHODS = ["embedContent", "batchEmbedContents"];

/** The page that a query asks for. Throws `invalid_request` naming the parameter. */
export function modelPage(models: readonly VisibleModel[], query: URLSearchParams): JsonObject {
  const size = readSize(query.get("pageSize") ?? query.get("page_size"));
  const after = query.get("pageToken") ?? query.get("page_token") ?? "";
  const from = after === "" ? 0 : placeOf(models, after) + 1;
  const page = models.slice(from, from + size);
  const last = page.at(-1);
  const hasMore = from + size < models.length;
  return {
    models: page.map(modelOf),
    ...(hasMore && last !== undefined && { nextPageToken: last.id }),
  };
}

export function modelOf({ id, name, description, facts }: VisibleModel): JsonObject {
  const { contextTokens, maxOutputTokens, thinking, embedding } = facts;
  return {
    name: `models/${id}`,
    displayName: name ?? id,
    ...(description && { description }),
    ...(contextTokens !== undefined && { inputTokenLimit: contextTokens }),
    ...(maxOutputTokens !== undefined && { outputTokenLimit: maxOutputTokens }),
    supportedGenerationMethods: embedding === true ? EMBEDDING_METHODS : CHAT_METHODS,
    ...(thinking !== undefined && { thinking }),
  };
}

/** As Google does, more than the most is the most. */
function readSize(text: string | null): number {
  if (text === null || text === "" || text === "0") return DEFAULT_PAGE_SIZE;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), MAX_PAGE_SIZE);
  throw invalid("pageSize", "must be a whole number");
}

function placeOf(models: readonly Model[], after: string): number {
  const place = models.findIndex(({ id }) => id === after);
  if (place >= 0) return place;
  throw invalid(
    "pageToken",
    "is of no page of the list, which may have changed; begin anew without it",
  );
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", `${param}: ${message}`, { param });
}
