/** Bedrock's lists: the models, and then the inference profiles, which many models are called by. */

import { GatewayError } from "../../core/gateway_error.ts";
import type { ListedModel } from "../../core/provider/provider.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { decodeModelList } from "../models/model_list.ts";

const PROFILES = "/inference-profiles?maxResults=1000";

export function decodeBedrockModels(body: JsonValue): readonly ListedModel[] {
  const { modelSummaries: models, inferenceProfileSummaries: profiles } = isJsonObject(body)
    ? body
    : {};
  if (Array.isArray(models)) {
    const callable = models.filter(isJsonObject).filter(isCallable);
    return decodeModelList(callable.map(named("modelId", "modelName")), "bedrock");
  }
  if (Array.isArray(profiles)) {
    const known = profiles.filter(isJsonObject);
    return decodeModelList(
      known.map(named("inferenceProfileId", "inferenceProfileName")),
      "bedrock",
    );
  }
  throw new GatewayError(
    "upstream_invalid_response",
    "The upstream's model list has neither models nor inference profiles",
  );
}

/** Where the lists go on; `undefined` at their end. */
export function nextBedrockModels(body: JsonValue): string | undefined {
  if (!isJsonObject(body)) return undefined;
  if (Array.isArray(body["modelSummaries"])) return PROFILES;
  const { nextToken: token } = body;
  return typeof token === "string" && token !== ""
    ? `${PROFILES}&nextToken=${encodeURIComponent(token)}`
    : undefined;
}

/** The others are called by a profile. */
function isCallable({ inferenceTypesSupported: types }: JsonObject): boolean {
  return !Array.isArray(types) || types.includes("ON_DEMAND");
}

function named(id: string, name: string): (entry: JsonObject) => JsonObject {
  return (entry) => ({
    id: entry[id] ?? null,
    ...(typeof entry[name] === "string" && { name: entry[name] }),
    owned_by: typeof entry["providerName"] === "string" ? entry["providerName"] : "bedrock",
  });
}
