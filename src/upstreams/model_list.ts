/** Reads model lists in OpenAI's form, which all upstreams so far have. */

import { GatewayError } from "../core/gateway_error.ts";
import { isJsonObject, type JsonObject } from "../core/json.ts";
import type { Model } from "../core/upstream.ts";

const MAX_MODELS = 10_000;

/** Reads `{data: [{id, created?, owned_by?}]}`; entries without an id are skipped. */
export function decodeModelList(body: JsonObject, upstreamName: string): readonly Model[] {
  if (!Array.isArray(body.data)) {
    throw new GatewayError(
      "upstream_invalid_response",
      'The upstream\'s model list has no list in its field "data"',
    );
  }
  const models: Model[] = [];
  for (const entry of body.data.slice(0, MAX_MODELS)) {
    if (!isJsonObject(entry) || typeof entry.id !== "string" || entry.id === "") continue;
    models.push({
      id: entry.id,
      object: "model",
      created: typeof entry.created === "number" ? Math.trunc(entry.created) : 0,
      owned_by: typeof entry.owned_by === "string" ? entry.owned_by : upstreamName,
    });
  }
  return models;
}
