/** Series and labels in the database, each with an id that is given to it once. */

import type { Series } from "../sums/scopes.ts";
import type { Label, SeriesCache } from "../sums/series_cache.ts";
import type { Database } from "./database.ts";

/** Reads what other processes have added; within the transaction whose rows are to be understood. */
export function refreshSeries(database: Database, cache: SeriesCache): void {
  const series = database.all(
    "SELECT id, scope, names FROM series WHERE id > ? ORDER BY id",
    cache.lastSeries,
  );
  cache.knowSeriesRows(series);
  const labels = database.all(
    "SELECT id, series, outcome, status FROM labels WHERE id > ? ORDER BY id",
    cache.lastLabel,
  );
  cache.knowLabelRows(labels);
}

/** The id of a series, which is made where there is none. */
export function seriesId(database: Database, cache: SeriesCache, series: Series): number {
  const known = cache.idOf(series);
  if (known !== undefined) return known;
  const id = database.number(
    "INSERT INTO series (scope, names) VALUES (?, ?) RETURNING id",
    series.scope,
    series.names,
  );
  cache.know(id, series);
  return id;
}

export function labelId(database: Database, cache: SeriesCache, label: Label): number {
  const known = cache.idOfLabel(label);
  if (known !== undefined) return known;
  const id = database.number(
    "INSERT INTO labels (series, outcome, status) VALUES (?, ?, ?) RETURNING id",
    ...[label.series, label.outcome, label.status],
  );
  cache.knowLabel(id, label);
  return id;
}
