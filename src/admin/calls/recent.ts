/** How the last calls went: percentiles of a few hundred, which no sum can tell. */

import * as z from "zod";
import type { CallRecord } from "../../core/ledger/call_record.ts";
import type { Ledger } from "../../core/ledger/ledger.ts";
import { moment, momentOf } from "../api/filters.ts";

const WINDOW_MS = 3_600_000;
/** As many as one page of calls may have, so that it costs as little. */
const MAX_CALLS = 500;

const percentiles = z.object({ p50: z.number().nullable(), p99: z.number().nullable() })
  .describe("Of complete calls; null where there were none.");

export const recentCalls = z.object({
  calls: z.int().min(0),
  failed: z.int().min(0),
  since: moment,
  first_token_ms: percentiles,
  duration_ms: percentiles,
}).describe(`Of the newest ${MAX_CALLS} calls of the last hour.`);

export type RecentCalls = z.output<typeof recentCalls>;

export interface Recent {
  readonly sinceMs: number;
  readonly calls: readonly CallRecord[];
}

/** `undefined` while the ledger cannot be reached. */
export async function askRecent(
  { store }: Pick<Ledger, "store">,
  nowMs: number,
): Promise<Recent | undefined> {
  const sinceMs = Math.floor(nowMs - WINDOW_MS);
  try {
    const { calls } = await store.calls({ fromMs: sinceMs, limit: MAX_CALLS });
    return { sinceMs, calls };
  } catch {
    return undefined;
  }
}

export function summarize(
  { sinceMs, calls }: Recent,
  isMeant: (line: CallRecord["line"]) => boolean = () => true,
): RecentCalls {
  const meant = calls.map(({ line }) => line).filter(isMeant);
  const complete = meant.filter(({ outcome }) => outcome === "complete");
  const timesOf = (name: string): readonly number[] =>
    complete.map((line) => line[name]).filter((time) => typeof time === "number");
  return {
    calls: meant.length,
    failed: meant.length - complete.length,
    since: momentOf(sinceMs),
    first_token_ms: percentilesOf(timesOf("first_token_ms")),
    duration_ms: percentilesOf(timesOf("duration_ms")),
  };
}

/** By the nearest rank. */
function percentilesOf(times: readonly number[]): z.output<typeof percentiles> {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? null;
  return { p50: at(0.5), p99: at(0.99) };
}
