/**
 * Which names sums are kept apart by.
 *
 * Clients choose some of them, such as models and tags, so there is no end of them; those that came first
 * are told apart, and the rest is counted under one name.
 *
 * @module
 */

import type { CallRecord } from "../../../core/ledger/call_record.ts";
import { OTHERS } from "../../../core/ledger/ledger_store.ts";
import { outcomeOf } from "../asked_calls.ts";
import {
  type Dimensions,
  dimensionsOf,
  keptTextOf,
  NAMED_DIMENSIONS,
  type NamedDimension,
  textOfDimensions,
} from "./dimensions.ts";

export interface NameBounds {
  readonly maxNames: number;
  readonly maxTagValues: number;
  readonly maxSeries: number;
}

export class KnownNames {
  readonly #bounds: NameBounds;
  readonly #names: Readonly<Record<NamedDimension, Set<string>>> = {
    key: new Set(),
    team: new Set(),
    model: new Set(),
    provider: new Set(),
    surface: new Set(),
  };
  readonly #tagValues = new Map<string, Set<string>>();
  /** Dimensions that are told apart, by their texts. */
  readonly #series = new Map<string, Dimensions>();

  constructor(bounds: NameBounds) {
    this.#bounds = bounds;
  }

  /** Takes in what sums are kept of already. */
  learn(dimensions: Dimensions): void {
    this.#series.set(keptTextOf(dimensions), dimensions);
    for (const name of NAMED_DIMENSIONS) this.#names[name].add(dimensions[name]);
    for (const [name, value] of dimensions.tags) this.#valuesOf(name).add(value);
  }

  /** The dimensions that a call is counted under. */
  dimensionsOf(record: CallRecord): Dimensions {
    const isRefused = outcomeOf(record) === "refused" && record.attempts.length === 0;
    return this.#bounded(dimensionsOf(record), isRefused);
  }

  /**
   * The dimensions that stand for these.
   *
   * @param isRefused Nothing was ever asked of a provider, so the model may be any text: it is not
   * learnt by this.
   */
  #bounded(dimensions: Dimensions, isRefused: boolean): Dimensions {
    const known = this.#series.get(textOfDimensions(dimensions));
    if (known !== undefined) return known;
    const named = this.#named(dimensions, isRefused);
    const knownNamed = this.#series.get(textOfDimensions(named));
    if (knownNamed !== undefined) return knownNamed;
    const { maxSeries } = this.#bounds;
    if (this.#series.size < maxSeries) return this.#learnt(named);
    const tags = named.tags.map(([name]) => [name, OTHERS] as const);
    const untagged = { ...named, tags };
    const knownUntagged = this.#series.get(textOfDimensions(untagged));
    if (knownUntagged !== undefined) return knownUntagged;
    const rest = { team: OTHERS, model: OTHERS, provider: OTHERS, surface: OTHERS, tags: [] };
    return this.#learnt({ key: named.key, ...rest });
  }

  #learnt(dimensions: Dimensions): Dimensions {
    this.learn(dimensions);
    return dimensions;
  }

  #named(dimensions: Dimensions, isRefused: boolean): Dimensions {
    const { model } = dimensions;
    const isUnknown = isRefused && model !== "" && !this.#names.model.has(model);
    return {
      key: this.#name("key", dimensions.key),
      team: this.#name("team", dimensions.team),
      model: isUnknown ? OTHERS : this.#name("model", model),
      provider: this.#name("provider", dimensions.provider),
      surface: this.#name("surface", dimensions.surface),
      tags: dimensions.tags.map(([name, value]) => [name, this.#tagValue(name, value)] as const),
    };
  }

  #name(dimension: NamedDimension, name: string): string {
    const known = this.#names[dimension];
    return known.has(name) || known.size < this.#bounds.maxNames ? name : OTHERS;
  }

  #tagValue(name: string, value: string): string {
    const known = this.#valuesOf(name);
    return known.has(value) || known.size < this.#bounds.maxTagValues ? value : OTHERS;
  }

  #valuesOf(tag: string): Set<string> {
    const found = this.#tagValues.get(tag);
    if (found !== undefined) return found;
    const made = new Set<string>();
    this.#tagValues.set(tag, made);
    return made;
  }
}
