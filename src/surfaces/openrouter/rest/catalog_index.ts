/** The models of a catalog, prepared so that thousands of them are searched and written fast. */

import type { ListedModel } from "../../../core/provider/provider.ts";
import { catalogEntry } from "./catalog_entry.ts";

/** Of a description, searched up to here. */
const MAX_SEARCHED_CHARACTERS = 4_096;

export interface IndexedModel {
  readonly model: ListedModel;
  /** Who makes it: what stands before the id's slash, else its owner. */
  readonly provider: string;
  /** Id and name in lower case. */
  readonly names: string;
  /** In lower case. */
  readonly description: string;
}

export interface ModelFilter {
  /** In any case; empty for all. */
  readonly provider: string;
  /** In lower case; each must be found in the names or in the description. */
  readonly words: readonly string[];
}

/** Never changes; a list that was fetched anew gets an index of its own. */
export class CatalogIndex {
  readonly models: readonly ListedModel[];
  /** Names of all providers, sorted. */
  readonly providers: readonly string[];
  readonly #indexed: readonly IndexedModel[];
  readonly #byId: ReadonlyMap<string, IndexedModel>;
  /** By name in lower case. */
  readonly #byProvider = new Map<string, IndexedModel[]>();
  readonly #routingSuffixes: readonly string[];
  readonly #jsonOf = new Map<IndexedModel, string>();
  #longestFirst: readonly IndexedModel[] | undefined;

  /** @param routingSuffixes Ends of ids that are valid, and that the list has models without. */
  constructor(models: readonly ListedModel[], routingSuffixes: readonly string[]) {
    this.models = models;
    this.#routingSuffixes = routingSuffixes;
    this.#indexed = models.map(indexModel);
    this.#byId = new Map(this.#indexed.map((indexed) => [indexed.model.id, indexed]));
    for (const indexed of this.#indexed) {
      const key = indexed.provider.toLowerCase();
      const known = this.#byProvider.get(key);
      if (known === undefined) this.#byProvider.set(key, [indexed]);
      else known.push(indexed);
    }
    this.providers = [...this.#byProvider.values()].flatMap(([first]) => first?.provider ?? [])
      .sort();
  }

  /** The model of an id, with or without a routing suffix. */
  find(id: string): IndexedModel | undefined {
    const found = this.#byId.get(id);
    if (found !== undefined) return found;
    const suffix = this.#routingSuffixes.find((candidate) => id.endsWith(candidate));
    return suffix === undefined ? undefined : this.#byId.get(id.slice(0, -suffix.length));
  }

  /** In the order of the list; empty for a provider that is not known. */
  select({ provider, words }: ModelFilter): readonly IndexedModel[] {
    const models = provider === ""
      ? this.#indexed
      : this.#byProvider.get(provider.toLowerCase()) ?? [];
    if (words.length === 0) return models;
    return models.filter(({ names, description }) =>
      words.every((word) => names.includes(word) || description.includes(word))
    );
  }

  /** What is named so first, then what is only described so. */
  search(words: readonly string[]): readonly IndexedModel[] {
    const found = this.select({ provider: "", words });
    const isNamed = ({ names }: IndexedModel): boolean =>
      words.every((word) => names.includes(word));
    return [...found.filter(isNamed), ...found.filter((indexed) => !isNamed(indexed))];
  }

  /** By context length, the longest first and what is not known last. */
  get longestFirst(): readonly IndexedModel[] {
    return this.#longestFirst ??= this.#indexed.toSorted((left, right) =>
      (right.model.facts.contextTokens ?? 0) - (left.model.facts.contextTokens ?? 0)
    );
  }

  /** JSON text of a model, written once. */
  jsonOf(indexed: IndexedModel): string {
    const known = this.#jsonOf.get(indexed);
    if (known !== undefined) return known;
    const json = JSON.stringify(catalogEntry(indexed.model));
    this.#jsonOf.set(indexed, json);
    return json;
  }
}

function indexModel(model: ListedModel): IndexedModel {
  const { id, name, owned_by, description } = model;
  const slash = id.indexOf("/");
  return {
    model,
    provider: slash > 0 ? id.slice(0, slash) : owned_by,
    names: `${id} ${name}`.toLowerCase(),
    description: (description ?? "").slice(0, MAX_SEARCHED_CHARACTERS).toLowerCase(),
  };
}
