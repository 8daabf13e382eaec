/** Writes a batch of calls and what they add to the sums, in one transaction. */

import type { CallRecord } from "../../../core/ledger/call_record.ts";
import { outcomeOf, statusOf } from "../asked_calls.ts";
import { searchTextOf } from "../search_text.ts";
import { type AddedSums, BatchSums } from "../sums/batch_sums.ts";
import { type Dimensions, dimensionsOf, sharesOf } from "../sums/dimensions.ts";
import type { KnownNames } from "../sums/known_names.ts";
import { combinationOf } from "../sums/scopes.ts";
import type { SeriesCache } from "../sums/series_cache.ts";
import { FreeIds, hashOf } from "./call_id.ts";
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
  const { line, attempts, endedMs, uid } = record;
  const outcome = outcomeOf(record);
  const isRefused = outcome === "refused" && attempts.length === 0;
  const dimensions = names.bounded(dimensionsOf(record), isRefused);
  const shares = sharesOf(record, dimensions);
  for (const share of shares) added.add(endedMs, share);
  const [own, ...elsewhere] = shares;
  const label = labelId(database, series, {
    series: seriesId(database, series, combinationOf(dimensions)),
    outcome,
    status: statusOf(record),
  });
  database.run(
    INSERT_CALL,
    ...[id, label, hashOf(String(line["request_id"] ?? "")), own?.sums.costUsd ?? 0],
    ...[costsText(elsewhere), uid, searchTextOf(record, dimensions)],
  );
  const { bodies, ...rest } = record;
  database.run("INSERT INTO records (id, record) VALUES (?, ?)", id, JSON.stringify(rest));
  if (bodies === undefined) return;
  database.run("INSERT INTO bodies (id, bodies) VALUES (?, ?)", id, JSON.stringify(bodies));
}

function costsText(
  shares: readonly { dimensions: Dimensions; sums: { costUsd: number } }[],
): string | null {
  if (shares.length === 0) return null;
  const costs = shares.map(({ dimensions, sums }) => [dimensions.provider, sums.costUsd]);
  return JSON.stringify(Object.fromEntries(costs));
}

const COLUMNS = [
  "calls",
  "failed",
  "input_tokens",
  "output_tokens",
  "cached_tokens",
  "reasoning_tokens",
  "cost_usd",
  "unpriced",
  "estimated",
];

function addTo(table: string): string {
  const added = COLUMNS.map((name) => `${name} = ${name} + excluded.${name}`);
  return `
    INSERT INTO ${table} (scope, time, series, ${COLUMNS.join(", ")})
    VALUES (?, ?, ?, ${COLUMNS.map(() => "?").join(", ")})
    ON CONFLICT DO UPDATE SET ${added.join(", ")}`;
}

const ADD_TO_HOURS = addTo("hours");
const ADD_TO_DAYS = addTo("days");

function addSums({ database, series }: WriteParts, sql: string, added: AddedSums): void {
  const { scope, time, names, sums } = added;
  database.run(
    sql,
    ...[scope, time, seriesId(database, series, { scope, names })],
    ...[sums.calls, sums.failed, sums.inputTokens, sums.outputTokens, sums.cachedTokens],
    ...[sums.reasoningTokens, sums.costUsd, sums.unpriced, sums.estimated],
  );
}
