/** Vertex's lists: the models of Google, and then those of Anthropic. */

import type { ListedModel } from "../../core/provider/provider.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../core/text/json.ts";
import { decodeModelList } from "../models/model_list.ts";

const PUBLISHERS = ["google", "anthropic"];
const PAGE = "models?pageSize=300";

/** `publishers/google/models/gemini-3-pro` */
const NAME = /^publishers\/([^/]+)\/models\/(.+)$/;

export function decodeVertexModels(body: JsonValue): readonly ListedModel[] {
  return decodeModelList(
    modelsIn(body).flatMap(({ name }) => {
      const [, publisher, id] = NAME.exec(String(name)) ?? [];
      return id === undefined || publisher === undefined ? [] : [{ id, owned_by: publisher }];
    }),
    "vertex",
  );
}

/** Where the lists go on; `undefined` at their end. */
export function nextVertexModels(body: JsonValue): string | undefined {
  const [, publisher = ""] = NAME.exec(String(modelsIn(body)[0]?.["name"])) ?? [];
  const token = isJsonObject(body) ? body["nextPageToken"] : undefined;
  if (typeof token === "string" && token !== "") {
    return `${publisher}/${PAGE}&pageToken=${encodeURIComponent(token)}`;
  }
  const next = PUBLISHERS[PUBLISHERS.indexOf(publisher) + 1];
  return next === undefined || next === PUBLISHERS[0] ? undefined : `${next}/${PAGE}`;
}

function modelsIn(body: JsonValue): readonly JsonObject[] {
  const models = isJsonObject(body) ? body["publisherModels"] : undefined;
  return Array.isArray(models) ? models.filter(isJsonObject) : [];
}
