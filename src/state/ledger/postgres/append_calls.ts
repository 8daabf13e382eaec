/** Writes a batch of calls and what those of them that are new add to the sums. */

import type { CallRecord } from "../../../core/ledger/call_record.ts";
import { outcomeOf, statusOf } from "../asked_calls.ts";
import { hashOf } from "../request_hash.ts";
import { searchTextOf } from "../search_text.ts";
import { type AddedSums, BatchSums } from "../sums/batch_sums.ts";
import { costsElsewhereText, type Share, sharesOf } from "../sums/dimensions.ts";
import type { KnownNames } from "../sums/known_names.ts";
import { combinationOf, type Series } from "../sums/scopes.ts";
import type { Label, SeriesCache } from "../sums/series_cache.ts";
import { SUM_COLUMNS, valuesOfSums } from "../sums/sum_columns.ts";
import type { Connection, Run } from "./connection.ts";
import { known, makeLabels, makeSeries, refreshSeries } from "./series_rows.ts";

export interface WriteParts {
  readonly connection: Connection;
  readonly cache: SeriesCache;
  readonly names: KnownNames;
}

interface Prepared {
  readonly record: CallRecord;
  readonly combination: Series;
  readonly shares: readonly Share[];
  readonly text: string;
}

export async function appendCalls(
  { connection, cache, names }: WriteParts,
  records: readonly CallRecord[],
): Promise<void> {
  if (records.length === 0) return;
  await refreshSeries(connection.run, cache);
  const prepared = records.map((record) => prepare(names, record));
  await makeSeries(connection, cache, [...sumsOf(prepared).hours()]);
  await makeLabels(connection, cache, prepared.map((call) => labelOf(cache, call)));
  await connection.write(async (run) => {
    const added = await insertCalls(run, cache, prepared);
    // The first of each uid: the batch itself may have one twice.
    const fresh = sumsOf(prepared.filter(({ record }) => added.delete(record.uid)));
    await addSums(run, cache, "hours", [...fresh.hours()]);
    await addSums(run, cache, "days", [...fresh.days()]);
  });
}

function prepare(names: KnownNames, record: CallRecord): Prepared {
  const dimensions = names.dimensionsOf(record);
  return {
    record,
    combination: combinationOf(dimensions),
    shares: sharesOf(record, dimensions),
    text: searchTextOf(record, dimensions),
  };
}

function sumsOf(calls: readonly Prepared[]): BatchSums {
  const sums = new BatchSums();
  for (const { record, shares } of calls) {
    for (const share of shares) sums.add(record.endedMs, share);
  }
  return sums;
}

function labelOf(cache: SeriesCache, { record, combination }: Prepared): Label {
  const series = known(cache.idOf(combination));
  return { series, outcome: outcomeOf(record), status: statusOf(record) };
}

/** @returns The uids of those that were not there. */
async function insertCalls(
  run: Run,
  cache: SeriesCache,
  calls: readonly Prepared[],
): Promise<Set<string>> {
  const rows = await run(
    `INSERT INTO weir.calls (ended_ms, uid, label, request_hash, cost_usd, costs_elsewhere, texts)
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[], $4::bigint[], $5::float8[],
        $6::text[], $7::text[])
      ON CONFLICT DO NOTHING RETURNING uid`,
    [
      calls.map(({ record }) => Math.floor(record.endedMs)),
      calls.map(({ record }) => record.uid),
      calls.map((call) => known(cache.idOfLabel(labelOf(cache, call)))),
      calls.map(({ record }) => hashOf(String(record.line["request_id"] ?? ""))),
      calls.map(({ shares }) => shares[0]?.sums.costUsd ?? 0),
      calls.map(({ shares }) => costsElsewhereText(shares)),
      calls.map(({ text }) => text),
    ],
  );
  const records = calls.map(({ record }) => record);
  await run(
    `INSERT INTO weir.records (ended_ms, uid, record, bodies)
      SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING`,
    [
      records.map(({ endedMs }) => Math.floor(endedMs)),
      records.map(({ uid }) => uid),
      records.map(({ bodies: _, ...rest }) => JSON.stringify(rest)),
      records.map(({ bodies }) => (bodies === undefined ? null : JSON.stringify(bodies))),
    ],
  );
  return new Set(rows.map(({ uid }) => String(uid)));
}

async function addSums(
  run: Run,
  cache: SeriesCache,
  table: "hours" | "days",
  added: readonly AddedSums[],
): Promise<void> {
  if (added.length === 0) return;
  const rows = added.map(({ scope, time, names, sums }) => {
    const series = known(cache.idOf({ scope, names }));
    return [scope, time, series, ...valuesOfSums(sums)];
  });
  const kinds = SUM_COLUMNS.map((name, at) =>
    `$${at + 4}::${name === "cost_usd" ? "float8" : "bigint"}[]`
  );
  const sums = SUM_COLUMNS.map((name) => `${name} = ${table}.${name} + excluded.${name}`);
  // In one order on all machines, so that none waits for another that waits for it.
  await run(
    `INSERT INTO weir.${table} (scope, time, series, ${SUM_COLUMNS.join(", ")})
      SELECT * FROM unnest($1::int[], $2::int[], $3::int[], ${kinds.join(", ")})
      ORDER BY 1, 2, 3 ON CONFLICT (scope, time, series) DO UPDATE SET ${sums.join(", ")}`,
    Array.from({ length: 3 + SUM_COLUMNS.length }, (_, at) => rows.map((row) => row[at] ?? 0)),
  );
}
