/** What the rounds of one kind of work brought, and the ratios within them. */

import { summarize, type Summary } from "./statistics.ts";
import type { Figures, Measure, WorkItem } from "./work/work_item.ts";

/** What is taken off where a measure is of what a server adds, and no peer itself. */
const BASELINE = "direct";
/** What all others are compared with. */
export const YARDSTICK = "nginx";
/** Ratios that differ by more from round to round say nothing. */
export const MOST_SPREAD = 0.25;

/** Figures by the name of the server. */
export type Round = Record<string, Figures>;

export interface Result {
  /** Name of the work. */
  readonly item: string;
  readonly date: string;
  readonly servers: readonly string[];
  readonly rounds: readonly Round[];
}

export interface Ratio extends Summary {
  readonly isTooWide: boolean;
}

/** A figure by itself; not a number where the server does not have it. */
export function figure({ rounds }: Result, measure: Measure, server: string): Summary {
  return summarize(rounds.map((round) => figureIn(round, measure, server)));
}

/** The figure of a server by that of its peer in the same round. */
export function ratio({ rounds }: Result, measure: Measure, server: string, peer: string): Ratio {
  const summary = summarize(
    rounds.map((round) => figureIn(round, measure, server) / figureIn(round, measure, peer)),
  );
  return { ...summary, isTooWide: summary.spread > MOST_SPREAD };
}

function figureIn(round: Round, { name, isAdded = false }: Measure, server: string): number {
  const own = round[server]?.[name] ?? NaN;
  if (!isAdded) return own;
  return server === BASELINE ? NaN : own - (round[BASELINE]?.[name] ?? NaN);
}

/** The servers that are compared. */
export function peersIn({ servers }: Result): readonly string[] {
  return servers.filter((server) => server !== BASELINE);
}

/** Whether some server's ratio to nginx cannot be reported. */
export function hasWideRatio({ measures }: WorkItem, result: Result): boolean {
  return measures.filter(({ isCompared }) => isCompared).some((measure) =>
    peersIn(result).some((server) => ratio(result, measure, server, YARDSTICK).isTooWide)
  );
}
