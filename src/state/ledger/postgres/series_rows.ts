/**
 * Series and labels in Postgres, each with an id that is given to it once, by whichever machine is first. Machines make
 * them one after the other, all by the same lock, so that ids are seen in the order that they are given in: who has read
 * up to one knows all before it, and none waits for another that waits for it.
 *
 * @module
 */

import type { Series } from "../sums/scopes.ts";
import type { Label, SeriesCache } from "../sums/series_cache.ts";
import type { Connection, Run, Value } from "./connection.ts";

/** By which machines take turns; any number that is ours alone. */
const MAKING_LOCK = 0x57656973;

/** Reads what was added, by this machine or others. */
export async function refreshSeries(run: Run, cache: SeriesCache): Promise<void> {
  // Labels first: the series of each is older than itself.
  const labels = await run(
    "SELECT id, series, outcome, status FROM weir.labels WHERE id > $1",
    [cache.lastLabel],
  );
  const series = await run(
    "SELECT id, scope, names FROM weir.series WHERE id > $1",
    [cache.lastSeries],
  );
  cache.knowSeriesRows(series);
  cache.knowLabelRows(labels);
}

/** Makes those that are not there yet. */
export async function makeSeries(
  connection: Connection,
  cache: SeriesCache,
  wanted: readonly Series[],
): Promise<void> {
  const missing = wanted.filter((series) => cache.idOf(series) === undefined);
  if (missing.length === 0) return;
  await insertInTurn(
    connection,
    `INSERT INTO weir.series (scope, names)
      SELECT * FROM unnest($1::int[], $2::text[]) ON CONFLICT DO NOTHING`,
    [missing.map(({ scope }) => scope), missing.map(({ names }) => names)],
  );
  await refreshSeries(connection.run, cache);
}

export async function makeLabels(
  connection: Connection,
  cache: SeriesCache,
  wanted: readonly Label[],
): Promise<void> {
  const missing = wanted.filter((label) => cache.idOfLabel(label) === undefined);
  if (missing.length === 0) return;
  await insertInTurn(
    connection,
    `INSERT INTO weir.labels (series, outcome, status)
      SELECT * FROM unnest($1::int[], $2::text[], $3::int[]) ON CONFLICT DO NOTHING`,
    [
      missing.map(({ series }) => series),
      missing.map(({ outcome }) => outcome),
      missing.map(({ status }) => status),
    ],
  );
  await refreshSeries(connection.run, cache);
}

/** In a transaction of its own, so that machines wait for each other no longer than for this. */
async function insertInTurn(
  connection: Connection,
  sql: string,
  values: readonly Value[],
): Promise<void> {
  await connection.write(async (run) => {
    await run("SELECT pg_advisory_xact_lock($1)", [MAKING_LOCK]);
    await run(sql, values);
  });
}

/** What was made just before. */
export function known(id: number | undefined): number {
  if (id === undefined) throw new Error("A series of the ledger was not made");
  return id;
}
