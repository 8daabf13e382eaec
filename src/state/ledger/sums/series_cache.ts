/** What a database keeps sums of, and what its calls are found by, as it was last read: it never changes, but grows. */

import type { Row } from "../row.ts";
import type { CallFilter, CallsQuery } from "../../../core/ledger/ledger_store.ts";
import { hasNames, isAsked } from "../asked_calls.ts";
import { haveText } from "../search_text.ts";
import { type Dimensions, matches } from "./dimensions.ts";
import type { KnownNames } from "./known_names.ts";
import { COMBINATION, dimensionsOfSeries, type Scope, type Series } from "./scopes.ts";

interface KnownSeries {
  readonly id: number;
  readonly scope: Scope;
  readonly dimensions: Dimensions;
}

/** All that calls are asked for by but their time and their texts. */
export interface Label {
  /** Id of the combination of their dimensions. */
  readonly series: number;
  readonly outcome: string;
  readonly status: number;
}

export class SeriesCache {
  readonly #names: KnownNames;
  readonly #series = new Map<number, KnownSeries>();
  readonly #idOfSeries = new Map<string, number>();
  readonly #labels = new Map<number, Label>();
  readonly #idOfLabel = new Map<string, number>();
  #lastSeries = 0;
  #lastLabel = 0;

  constructor(names: KnownNames) {
    this.#names = names;
  }

  /** The highest id of a series that is known. */
  get lastSeries(): number {
    return this.#lastSeries;
  }

  get lastLabel(): number {
    return this.#lastLabel;
  }

  /** After a transaction that came to nothing: what it made is unknown again. */
  forgetAll(): void {
    for (const map of [this.#series, this.#idOfSeries, this.#labels, this.#idOfLabel]) map.clear();
    this.#lastSeries = 0;
    this.#lastLabel = 0;
  }

  /** Rows with `id`, `scope` and `names`. */
  knowSeriesRows(rows: readonly Row[]): void {
    for (const { id, scope, names } of rows) {
      // Written by us alone.
      this.know(Number(id), { scope: Number(scope) as Scope, names: String(names) });
    }
  }

  /** Rows with `id`, `series`, `outcome` and `status`. */
  knowLabelRows(rows: readonly Row[]): void {
    for (const { id, series, outcome, status } of rows) {
      const label = { series: Number(series), outcome: String(outcome), status: Number(status) };
      this.knowLabel(Number(id), label);
    }
  }

  know(id: number, series: Series): void {
    if (this.#series.has(id)) return;
    const dimensions = dimensionsOfSeries(series);
    this.#series.set(id, { id, scope: series.scope, dimensions });
    this.#idOfSeries.set(textOfSeries(series), id);
    this.#lastSeries = Math.max(this.#lastSeries, id);
    if (series.scope === COMBINATION) this.#names.learn(dimensions);
  }

  knowLabel(id: number, label: Label): void {
    this.#labels.set(id, label);
    this.#idOfLabel.set(textOfLabel(label), id);
    this.#lastLabel = Math.max(this.#lastLabel, id);
  }

  idOf(series: Series): number | undefined {
    return this.#idOfSeries.get(textOfSeries(series));
  }

  idOfLabel(label: Label): number | undefined {
    return this.#idOfLabel.get(textOfLabel(label));
  }

  dimensionsOf(series: number): Dimensions | undefined {
    return this.#series.get(series)?.dimensions;
  }

  dimensionsOfLabel(label: number): Dimensions | undefined {
    return this.dimensionsOf(this.#labels.get(label)?.series ?? -1);
  }

  /** Those of a scope that are meant. */
  seriesWith(wanted: Scope, filter: CallFilter): number[] {
    const found: number[] = [];
    for (const { id, scope, dimensions } of this.#series.values()) {
      if (scope === wanted && matches(dimensions, filter)) found.push(id);
    }
    return found;
  }

  /** Those whose calls are asked for; `undefined` where calls of any are. */
  labelsAsked(query: CallsQuery): number[] | undefined {
    if (!hasNames(query)) return undefined;
    const series = new Set(this.seriesWith(COMBINATION, query));
    return this.#labelsOf(({ series: own, outcome, status }) =>
      series.has(own) && isAsked(outcome, status, query)
    );
  }

  /** Those whose names have a text. */
  labelsNamed(text: string): number[] {
    const series = new Set<number>();
    for (const { id, scope, dimensions } of this.#series.values()) {
      if (scope === COMBINATION && haveText(dimensions, text)) series.add(id);
    }
    return this.#labelsOf((label) => series.has(label.series));
  }

  #labelsOf(isMeant: (label: Label) => boolean): number[] {
    const found: number[] = [];
    for (const [id, label] of this.#labels) if (isMeant(label)) found.push(id);
    return found;
  }
}

function textOfSeries({ scope, names }: Series): string {
  return `${scope} ${names}`;
}

function textOfLabel({ series, outcome, status }: Label): string {
  return `${series} ${status} ${outcome}`;
}
