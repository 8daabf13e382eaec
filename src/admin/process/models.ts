/** `GET /models`: every model of every provider with what is known of it, and where aliases lead. */

import * as z from "zod";
import { type ModelFacts, sharedFacts } from "../../core/provider/model_facts.ts";
import type { Provider, Target } from "../../core/provider/provider.ts";
import { name, pageAfter, pageOf, pageParameters, pageSize } from "../api/filters.ts";
import { type AdminRoute, json, route } from "../api/route.ts";

const query = z.strictObject({
  ...pageParameters,
  provider: name.optional(),
  text: z.string().min(1).max(200).optional().describe("Part of its name."),
});

const flag = z.boolean().nullable();

const facts = z.object({
  context_tokens: z.int().nullable(),
  max_output_tokens: z.int().nullable(),
  tools: flag,
  vision: flag,
  thinking: flag,
  embedding: flag,
}).describe("What nobody tells is null.");

const listed = z.object({
  id: z.string().describe("`provider/model`, as clients may name it."),
  provider: z.string(),
  model: z.string(),
  facts,
  prices: z.record(z.string(), z.json()).nullable().describe(
    "US dollars by unit, `_mtok` for a million tokens and `_kcount` for a thousand; null where nobody knows.",
  ),
});

const alias = z.object({
  name: z.string(),
  targets: z.array(z.object({ name: z.string(), weight: z.number().nullable() })),
  facts: facts.describe("What can be counted on wherever it leads."),
});

const models = pageOf(listed).extend({
  aliases: z.array(alias),
  warnings: z.array(z.string()).describe("Of lists that could not be had."),
});

export type ShownModels = z.output<typeof models>;

export interface ModelRouteParts {
  readonly providers: readonly Provider[];
  readonly catalog: {
    idsOf(provider: Provider, callId: string): Promise<ReadonlySet<string> | undefined>;
    factsOf(name: string): ModelFacts;
    warnings(): readonly string[];
  };
  readonly pricesOf: (
    target: Target,
    askedModel: string,
  ) => Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly aliases: Readonly<
    Record<string, readonly { readonly name: string; readonly weight?: number | undefined }[]>
  >;
}

export function modelsRoute(
  { providers, catalog, aliases, pricesOf }: ModelRouteParts,
): AdminRoute {
  return route<z.output<typeof query>>({
    method: "GET",
    path: "/models",
    role: "read",
    summary: "Models of all providers, and aliases",
    query,
    answer: { status: 200, meaning: "A page of models, and all aliases", schema: models },
    handle: async ({ requestId, query: { provider: asked, text = "", limit, cursor } }) => {
      const meant = providers.filter(({ name }) => (asked ?? name) === name);
      const lists = await Promise.all(meant.map(async (provider) => {
        const ids = await catalog.idsOf(provider, requestId);
        return [...ids ?? []].map((model) => ({ provider, model }));
      }));
      const found = lists.flat().map((of) => ({ ...of, id: `${of.provider.name}/${of.model}` }))
        .filter(({ id }) => id.toLowerCase().includes(text.toLowerCase()));
      const { data, nextCursor } = pageAfter(found, ({ id }) => id, pageSize(limit), cursor);
      return json({
        data: await Promise.all(data.map(async ({ id, provider, model }) => ({
          id,
          provider: provider.name,
          model,
          facts: shownFacts(catalog.factsOf(id)),
          prices: await pricesOf({ provider, model }, id) ?? null,
        }))),
        next_cursor: nextCursor,
        aliases: Object.entries(aliases).map(([name, targets]) => ({
          name,
          targets: targets.map(({ name, weight }) => ({ name, weight: weight ?? null })),
          facts: shownFacts(sharedFacts(targets.map(({ name }) => catalog.factsOf(name)))),
        })),
        warnings: catalog.warnings(),
      });
    },
  });
}

function shownFacts(of: ModelFacts): z.output<typeof facts> {
  return {
    context_tokens: of.contextTokens ?? null,
    max_output_tokens: of.maxOutputTokens ?? null,
    tools: of.tools ?? null,
    vision: of.vision ?? null,
    thinking: of.thinking ?? null,
    embedding: of.embedding ?? null,
  };
}
