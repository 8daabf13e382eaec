/** The ids of series and labels, and what they stand for; read once, since they never change. */

import type { CallFilter } from "../../../core/ledger/ledger_store.ts";
import { haveText } from "../search_text.ts";
import { type Dimensions, matches } from "../sums/dimensions.ts";
import { type KnownNames } from "../sums/known_names.ts";
import { COMBINATION, dimensionsOfSeries, type Scope, type Series } from "../sums/scopes.ts";
import type { Database } from "./database.ts";

interface KnownSeries {
  readonly id: number;
  readonly scope: Scope;
  readonly dimensions: Dimensions;
}

interface Label {
  readonly id: number;
  readonly series: number;
  readonly outcome: string;
  readonly status: number;
}

export class SeriesTable {
  readonly #database: Database;
  readonly #names: KnownNames;
  readonly #series = new Map<number, KnownSeries>();
  readonly #idOfSeries = new Map<string, number>();
  readonly #labels = new Map<number, Label>();
  readonly #idOfLabel = new Map<string, number>();
  #lastSeries = 0;
  #lastLabel = 0;

  constructor(database: Database, names: KnownNames) {
    this.#database = database;
    this.#names = names;
  }

  /** Reads what other processes have added; within the transaction whose rows are to be understood. */
  refresh(): void {
    const series = this.#database.all(
      "SELECT id, scope, names FROM series WHERE id > ? ORDER BY id",
      this.#lastSeries,
    );
    for (const { id, scope, names } of series) {
      // Written by us alone.
      this.#know(Number(id), { scope: Number(scope) as Scope, names: String(names) });
    }
    const labels = this.#database.all(
      "SELECT id, series, outcome, status FROM labels WHERE id > ? ORDER BY id",
      this.#lastLabel,
    );
    for (const { id, series, outcome, status } of labels) {
      this.#knowLabel({
        id: Number(id),
        series: Number(series),
        outcome: String(outcome),
        status: Number(status),
      });
    }
  }

  /** After a transaction that came to nothing: what it made is unknown again. */
  forgetAll(): void {
    for (const map of [this.#series, this.#idOfSeries, this.#labels, this.#idOfLabel]) map.clear();
    this.#lastSeries = 0;
    this.#lastLabel = 0;
  }

  idOf(series: Series): number {
    const known = this.#idOfSeries.get(keyOf(series));
    if (known !== undefined) return known;
    const id = this.#database.number(
      "INSERT INTO series (scope, names) VALUES (?, ?) RETURNING id",
      series.scope,
      series.names,
    );
    this.#know(id, series);
    return id;
  }

  labelOf(series: number, outcome: string, status: number): number {
    const known = this.#idOfLabel.get(`${series} ${status} ${outcome}`);
    if (known !== undefined) return known;
    const id = this.#database.number(
      "INSERT INTO labels (series, outcome, status) VALUES (?, ?, ?) RETURNING id",
      ...[series, outcome, status],
    );
    this.#knowLabel({ id, series, outcome, status });
    return id;
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

  /** Those whose calls are meant. */
  labelsWith(filter: CallFilter, isAsked: (outcome: string, status: number) => boolean): number[] {
    const series = new Set(this.seriesWith(COMBINATION, filter));
    const found: number[] = [];
    for (const label of this.#labels.values()) {
      if (series.has(label.series) && isAsked(label.outcome, label.status)) found.push(label.id);
    }
    return found;
  }

  /** Those whose names have a text. */
  labelsNamed(text: string): number[] {
    const series = new Set<number>();
    for (const { id, scope, dimensions } of this.#series.values()) {
      if (scope === COMBINATION && haveText(dimensions, text)) series.add(id);
    }
    return [...this.#labels.values()].filter((label) => series.has(label.series))
      .map(({ id }) => id);
  }

  #know(id: number, series: Series): void {
    const dimensions = dimensionsOfSeries(series);
    this.#series.set(id, { id, scope: series.scope, dimensions });
    this.#idOfSeries.set(keyOf(series), id);
    this.#lastSeries = Math.max(this.#lastSeries, id);
    if (series.scope === COMBINATION) this.#names.learn(dimensions);
  }

  #knowLabel(label: Label): void {
    this.#labels.set(label.id, label);
    this.#idOfLabel.set(`${label.series} ${label.status} ${label.outcome}`, label.id);
    this.#lastLabel = Math.max(this.#lastLabel, label.id);
  }
}

function keyOf({ scope, names }: Series): string {
  return `${scope} ${names}`;
}
