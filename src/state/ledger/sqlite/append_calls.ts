/** Writes a batch of calls and what they add to the sums, in one transaction. */

import type { CallRecord } from "../../../core/ledger/call_record.ts";
import { outcomeOf, statusOf } from "../asked_calls.ts";
import { hashOf } from "../request_hash.ts";
import { searchTextOf } from "../search_text.ts";
import { type AddedSums, BatchSums } from "../sums/batch_sums.ts";
import { costsElsewhereText, sharesOf } from "../sums/dimensions.ts";
import type { KnownNames } from "../sums/known_names.ts";
import { combinationOf } from "../sums/scopes.ts";
import type { SeriesCache } from "../sums/series_cache.ts";
import { SUM_COLUMNS, valuesOfSums } from "../sums/sum_columns.ts";
import { FreeIds } from "./call_id.ts";
import type { Database } from "./database.ts";
import { labelId, refreshSeries, seriesId } from "./series_table.ts";

export interface WriteParts {
  readonly database: Database;
  readonly series: SeriesCache;
  readonly names: KnownNames;
}

export function appendCalls(parts: WriteParts, records: readonly CallRecord[]): void {
  const { database, series } = parts;
  try {
    database.write(() => {
      refreshSeries(database, series);
      const ids = new FreeIds(database);
      const added = new BatchSums();
      for (const record of records) {
        const id = ids.take(record.endedMs, record.uid);
        if (id !== undefined) appendCall(parts, id, record, added);
      }
      for (const sums of added.hours()) addSums(parts, ADD_TO_HOURS, sums);
      for (const sums of added.days()) addSums(parts, ADD_TO_DAYS, sums);
    });
  } catch (thrown) {
    series.forgetAll();
    throw thrown;
  }
}

const INSERT_CALL = `
  INSERT INTO calls (id, label, request_hash, cost_usd, costs_elsewhere, uid, texts)
  VALUES (?, ?, ?, ?, ?, ?, ?)`;

function appendCall(
  { database, series, names }: WriteParts,
  id: number,
  record: CallRecord,
  added: BatchSums,
): void {
  const { line, endedMs, uid } = record;
  const dimensions = names.dimensionsOf(record);
  const shares = sharesOf(record, dimensions);
  for (const share of shares) added.add(endedMs, share);
  const [own] = shares;
  const label = labelId(database, series, {
    series: seriesId(database, series, combinationOf(dimensions)),
    outcome: outcomeOf(record),
    status: statusOf(record),
  });
  database.run(
    INSERT_CALL,
    ...[id, label, hashOf(String(line["request_id"] ?? "")), own?.sums.costUsd ?? 0],
    ...[costsElsewhereText(shares), uid, searchTextOf(record, dimensions)],
  );
  const { bodies, ...rest } = record;
  database.run("INSERT INTO records (id, record) VALUES (?, ?)", id, JSON.stringify(rest));
  if (bodies === undefined) return;
  database.run("INSERT INTO bodies (id, bodies) VALUES (?, ?)", id, JSON.stringify(bodies));
}

function addTo(table: string): string {
  const added = SUM_COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`);
  return `
    INSERT INTO ${table} (scope, time, series, ${SUM_COLUMNS.join(", ")})
    VALUES (?, ?, ?, ${SUM_COLUMNS.map(() => "?").join(", ")})
    ON CONFLICT DO UPDATE SET ${added.join(", ")}`;
}

const ADD_TO_HOURS = addTo("hours");
const ADD_TO_DAYS = addTo("days");

function addSums({ database, series }: WriteParts, sql: string, added: AddedSums): void {
  const { scope, time, names, sums } = added;
  database.run(
    sql,
    ...[scope, time, seriesId(database, series, { scope, names })],
    ...valuesOfSums(sums),
  );
}
