/** The lists of several upstreams as one. */

import type { ListedModel } from "../core/provider/provider.ts";

export interface ModelList {
  readonly models: readonly ListedModel[];
}

/** What lists make together, kept as long as they stay the same: with thousands of models it is work. */
export class MergedLists {
  #lists: readonly ModelList[] = [];
  #models: readonly ListedModel[] = [];

  of(lists: readonly ModelList[]): readonly ListedModel[] {
    const known = this.#lists;
    if (lists.length !== known.length || lists.some((list, index) => list !== known[index])) {
      this.#lists = lists;
      this.#models = merge(lists);
    }
    return this.#models;
  }
}

function merge(lists: readonly ModelList[]): readonly ListedModel[] {
  const merged = new Map<string, ListedModel>();
  for (const { models } of lists) {
    for (const model of models) if (!merged.has(model.id)) merged.set(model.id, model);
  }
  return [...merged.values()];
}
