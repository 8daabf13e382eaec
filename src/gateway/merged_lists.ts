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

/** Whether the list of an upstream has a name, by itself or behind the upstream's. */
export function hasName(
  ids: ReadonlySet<string> | undefined,
  upstream: string,
  name: string,
): boolean {
  if (ids === undefined) return false;
  const prefix = `${upstream}/`;
  return ids.has(name) || (name.startsWith(prefix) && ids.has(name.slice(prefix.length)));
}
