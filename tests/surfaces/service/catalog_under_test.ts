/** A catalog over a list that stands here. */

import type { JsonObject } from "../../../src/core/text/json.ts";
import { ANONYMOUS, type Principal } from "../../../src/core/principal.ts";
import type { ListedModel } from "../../../src/core/provider/provider.ts";
import { modelNotFound } from "../../../src/routing/find_model.ts";
import { createCatalog } from "../../../src/surfaces/openrouter/rest/catalog.ts";
import { rawPath } from "../../../src/surfaces/request/raw_path.ts";
import { SERVICE_BASE } from "../../../src/surfaces/openrouter/rest/service_path.ts";
import type { RequestContext } from "../../../src/surfaces/request/request_context.ts";
import { decodeModelList } from "../../../src/providers/models/model_list.ts";
import { requestOf, toResponse } from "../../support/http.ts";

const PRICING = { prompt: "0.000003", completion: "0.000015" };

/** Names with everything that paths make trouble with. */
export const MODELS: readonly ListedModel[] = decodeModelList({
  data: [
    {
      id: "plain",
      name: "Plain One",
      description: "Writes CODE well.",
      owned_by: "home",
      context_length: 8_000,
    },
    { id: "maker/model", name: "Maker: Model", context_length: 200_000, pricing: PRICING },
    {
      id: "maker/model:free",
      name: "Maker: Model (free)",
      description: "The model for nothing.",
      context_length: 100_000,
      pricing: { prompt: "0", completion: "0" },
      supported_parameters: ["tools", "max_tokens"],
    },
    { id: "a/b/c", name: "Three parts", context_length: 1_000 },
    { id: "maker/pricing", name: "A model called pricing" },
    { id: "Other/100% odd@1", name: "Odd", description: "No code here; a model." },
    { id: "top", name: "Hidden" },
    { id: "~maker/model-latest", name: "Alias", pricing: { prompt: "-1", completion: "-1" } },
  ],
}, "upstream");

export interface CatalogUnderTest {
  readonly get: (path: string, init?: RequestInit) => Promise<Response>;
  /** What follows the catalog's own path, and the JSON of its answer. */
  // deno-lint-ignore no-explicit-any -- The tests say what they expect of it.
  readonly json: (path: string) => Promise<any>;
  /** How often the list was asked for. */
  readonly asked: () => number;
}

export function startCatalog(
  models: readonly ListedModel[] = MODELS,
  principal: Principal = ANONYMOUS,
): CatalogUnderTest {
  let asked = 0;
  const answer = createCatalog({
    listModels: () => {
      asked++;
      return Promise.resolve(models);
    },
    routingSuffixes: [":nitro", ":floor"],
    listWarnings: () => [],
    modelNotFound,
  });
  const get: CatalogUnderTest["get"] = async (path, init) =>
    toResponse(
      await answer(
        requestOf(path, init),
        { id: "call", principal } as RequestContext,
        rawPath(path).slice(SERVICE_BASE.length),
      ),
    );
  const json: CatalogUnderTest["json"] = async (path) =>
    await (await get(`/api/v1/models${path}`)).json();
  return { get, json, asked: () => asked };
}

/** The ids of an answer's models. */
export function idsIn({ data }: { readonly data: readonly JsonObject[] }): readonly unknown[] {
  return data.map(({ id }) => id);
}
