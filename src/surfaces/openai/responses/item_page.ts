/** Items of a response, a page at a time. */

import { GatewayError } from "../../../core/gateway_error.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../core/text/json.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;

/** @param items From the first to the last. Throws `invalid_request` naming the parameter. */
export function itemPage(items: readonly JsonValue[], query: URLSearchParams): JsonObject {
  const limit = readLimit(query.get("limit"));
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw invalid("order", "must be asc or desc");
  const ordered = order === "asc" ? items : items.toReversed();
  const after = query.get("after");
  const place = after === null ? -1 : ordered.findIndex((item) => idOf(item) === after);
  if (after !== null && place < 0) throw invalid("after", "names no item of this response");
  const data = ordered.slice(place + 1, place + 1 + limit);
  return {
    object: "list",
    data,
    first_id: idOf(data[0]) ?? null,
    last_id: idOf(data.at(-1)) ?? null,
    has_more: place + 1 + limit < ordered.length,
  };
}

function idOf(item: JsonValue | undefined): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const { id } = item;
  return typeof id === "string" ? id : undefined;
}

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw invalid("limit", `must be a whole number from 1 to ${MAX_LIMIT}`);
}

function invalid(param: string, message: string): GatewayError {
  return new GatewayError("invalid_request", `${param} ${message}`, {
    param,
    code: "invalid_value",
  });
}
