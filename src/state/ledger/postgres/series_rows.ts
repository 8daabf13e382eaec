/**
 * Series and labels in Postgres, each with an id that is given to it once, by whichever machine is first. They are
 * inserted in one order on all machines: two that name the same new ones would wait for each other in a deadlock.
 *
 * @module
 */

import type { Series } from "../sums/scopes.ts";
import type { Label, SeriesCache } from "../sums/series_cache.ts";
import type { Run } from "./connection.ts";

/** Ids are seen in another order than they are given in, where machines write at once: so far back is read again. */
const OVERLAP = 1_000;

/** Reads what other machines have added. */
export async function refreshSeries(run: Run, cache: SeriesCache): Promise<void> {
  const series = await run(
    "SELECT id, scope, names FROM weir.series WHERE id > $1",
    [cache.lastSeries - OVERLAP],
  );
  cache.knowSeriesRows(series);
  const labels = await run(
    "SELECT id, series, outcome, status FROM weir.labels WHERE id > $1",
    [cache.lastLabel - OVERLAP],
  );
  cache.knowLabelRows(labels);
}

/** Makes those that are not there yet; outside of transactions, so that machines do not wait for each other. */
export async function makeSeries(
  run: Run,
  cache: SeriesCache,
  wanted: readonly Series[],
): Promise<void> {
  const missing = wanted.filter((series) => cache.idOf(series) === undefined);
  if (missing.length === 0) return;
  const values = [missing.map(({ scope }) => scope), missing.map(({ names }) => names)];
  await run(
    `INSERT INTO weir.series (scope, names)
      SELECT * FROM unnest($1::int[], $2::text[]) ORDER BY 1, 2 ON CONFLICT DO NOTHING`,
    values,
  );
  const rows = await run(
    `SELECT id, scope, names FROM weir.series
      JOIN unnest($1::int[], $2::text[]) AS wanted (scope, names) USING (scope, names)`,
    values,
  );
  cache.knowSeriesRows(rows);
}

export async function makeLabels(
  run: Run,
  cache: SeriesCache,
  wanted: readonly Label[],
): Promise<void> {
  const missing = wanted.filter((label) => cache.idOfLabel(label) === undefined);
  if (missing.length === 0) return;
  const values = [
    missing.map(({ series }) => series),
    missing.map(({ outcome }) => outcome),
    missing.map(({ status }) => status),
  ];
  await run(
    `INSERT INTO weir.labels (series, outcome, status)
      SELECT * FROM unnest($1::int[], $2::text[], $3::int[]) ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING`,
    values,
  );
  const rows = await run(
    `SELECT id, series, outcome, status FROM weir.labels
      JOIN unnest($1::int[], $2::text[], $3::int[]) AS wanted (series, outcome, status)
      USING (series, outcome, status)`,
    values,
  );
  cache.knowLabelRows(rows);
}

/** What was made just before. */
export function known(id: number | undefined): number {
  if (id === undefined) throw new Error("A series of the ledger was not made");
  return id;
}
