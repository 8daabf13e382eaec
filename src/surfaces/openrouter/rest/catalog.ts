/** The catalog of models below `/models`. */

import { GatewayError } from "../../../core/gateway_error.ts";
import type { HttpAnswer, HttpRequest } from "../../../core/http/http.ts";
import { mayCall } from "../../../core/principal.ts";
import type { ListedModel } from "../../../core/provider/provider.ts";
import { rawQuery } from "../../request/raw_path.ts";
import { refuseMethod } from "../../refuse_method.ts";
import type { RequestContext } from "../../request/request_context.ts";
import { type ListWarnings, warnOfLists } from "../../warn_of_lists.ts";
import { supportedParameters } from "./catalog_entry.ts";
import { CatalogIndex, type IndexedModel } from "./catalog_index.ts";
import { readLimit, readOffset, readRequiredText, readText, readWords } from "./catalog_query.ts";
import { type CatalogRoute, type ModelView, readCatalogRoute } from "./catalog_route.ts";
import { conditionalAnswer, tagBody } from "./conditional_answer.ts";

export interface CatalogParts {
  /** The same array as long as nothing has changed. */
  readonly listModels: (callId: string) => Promise<readonly ListedModel[]>;
  readonly listWarnings: ListWarnings;
  /** Ends of ids that are valid, and that the list has models without. */
  readonly routingSuffixes: readonly string[];
  /** The error for a model that is not listed. */
  readonly modelNotFound: (id: string, listed: readonly string[]) => GatewayError;
}

type ModelNotFound = CatalogParts["modelNotFound"];

/** Throws `GatewayError`. */
export type AnswerCatalog = (
  request: HttpRequest,
  context: RequestContext,
  endpoint: string,
) => Promise<HttpAnswer>;

export function createCatalog(parts: CatalogParts): AnswerCatalog {
  const { routingSuffixes } = parts;
  let whole = new CatalogIndex([], routingSuffixes);
  return async (request, context, endpoint) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuseMethod("GET", "HEAD");
    }
    const query = new URLSearchParams(rawQuery(request.target));
    const write = planAnswer(readCatalogRoute(endpoint), query, parts.modelNotFound);
    const models = await parts.listModels(context.id);
    warnOfLists(context, parts.listWarnings);
    if (whole.models !== models) whole = new CatalogIndex(models, routingSuffixes);
    const { principal } = context;
    // A key for certain models has few of them: an index of them is made faster than kept for each key.
    const index = principal.models === undefined
      ? whole
      : new CatalogIndex(models.filter(({ id }) => mayCall(principal, id)), routingSuffixes);
    return conditionalAnswer(request, await tagBody(write(index)));
  };
}

/** Reads the parameters, before any list is asked for; what it returns writes the JSON text. */
function planAnswer(
  route: CatalogRoute,
  query: URLSearchParams,
  modelNotFound: ModelNotFound,
): (index: CatalogIndex) => string {
  switch (route.kind) {
    case "list": {
      const filter = { provider: readText(query, "provider"), words: readWords(query, "search") };
      const limit = readLimit(query, 50);
      const offset = readOffset(query);
      return (index) => listText(index, index.select(filter), limit, offset);
    }
    case "top": {
      const limit = readLimit(query, 10);
      return (index) => `{"data":${dataText(index, index.longestFirst.slice(0, limit))}}`;
    }
    case "search": {
      const text = readRequiredText(query, "q");
      const words = readWords(query, "q");
      const limit = readLimit(query, 20);
      return (index) => searchText(index, index.search(words), text, limit);
    }
    case "providers":
      return (index) => JSON.stringify({ data: index.providers });
    case "provider":
      return (index) => providerText(index, route.provider);
    case "model":
      return (index) => modelText(index, route, modelNotFound);
  }
}

function listText(
  index: CatalogIndex,
  found: readonly IndexedModel[],
  limit: number,
  offset: number,
): string {
  const data = dataText(index, found.slice(offset, offset + limit));
  const total = found.length;
  const pagination = { total, limit, offset, hasMore: offset + limit < total };
  // The word makes it a list to clients of OpenAI's API too.
  return `{"object":"list","data":${data},"pagination":${JSON.stringify(pagination)}}`;
}

function searchText(
  index: CatalogIndex,
  found: readonly IndexedModel[],
  query: string,
  limit: number,
): string {
  const data = dataText(index, found.slice(0, limit));
  return `{"data":${data},"query":${JSON.stringify(query)},"total":${found.length}}`;
}

function providerText(index: CatalogIndex, name: string): string {
  const [first, ...rest] = name === "" ? [] : index.select({ provider: name, words: [] });
  if (first === undefined) {
    throw new GatewayError(
      "not_found",
      `No provider ${JSON.stringify(name.slice(0, 200))} is listed here; ` +
        "GET /api/v1/models/providers lists them all",
      { code: "provider_not_found", param: "provider" },
    );
  }
  const data = dataText(index, [first, ...rest]);
  return `{"data":${data},"provider":${JSON.stringify(first.provider)}}`;
}

function modelText(
  index: CatalogIndex,
  { id, view, wholeId }: Extract<CatalogRoute, { readonly kind: "model" }>,
  modelNotFound: ModelNotFound,
): string {
  const found = index.find(id);
  if (found !== undefined && view !== undefined) return viewText(found, view);
  const whole = found ?? index.find(wholeId);
  if (whole === undefined) throw modelNotFound(id, index.models.map((model) => model.id));
  const { object, created, owned_by } = whole.model;
  const head = JSON.stringify({ id: whole.model.id, object, created, owned_by }).slice(0, -1);
  // The head is what clients of OpenAI's API read of a model.
  return `${head},"data":${index.jsonOf(whole)}}`;
}

function viewText({ model }: IndexedModel, view: ModelView): string {
  const { id, pricing } = model;
  const data = view === "parameters"
    ? { model: id, supported_parameters: supportedParameters(model) }
    : { model: id, pricing };
  return JSON.stringify({ data });
}

function dataText(index: CatalogIndex, models: readonly IndexedModel[]): string {
  return `[${models.map((indexed) => index.jsonOf(indexed)).join(",")}]`;
}
