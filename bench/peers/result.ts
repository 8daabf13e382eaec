/** What the rounds of one kind of work brought, and the ratios within them. */

import { summarize, type Summary } from "./statistics.ts";
import type { Figures, Measure } from "./work/work_item.ts";

/** What is taken off where a measure is of what a server adds, and no peer itself. */
const BASELINE = "direct";
/** What is measured; all others are what it is compared with. */
export const SERVER = "Weir";
/** In place of a peer's name, the one that costs least in a round. */
export const BEST = "best";

/** Figures by the name of the server. */
export type Round = Record<string, Figures>;

export interface Result {
  /** Name of the work. */
  readonly item: string;
  readonly date: string;
  readonly servers: readonly string[];
  readonly rounds: readonly Round[];
}

/** A figure by itself; not a number where the server does not have it. */
export function figure({ rounds }: Result, measure: Measure, server: string): Summary {
  return summarize(rounds.map((round) => figureIn(round, measure, server)));
}

/** The figure of a server by that of its peer in the same round. */
export function ratio(result: Result, measure: Measure, server: string, peer: string): Summary {
  return summarize(result.rounds.map((round) => {
    const peers = peer === BEST ? peersIn(result) : [peer];
    const figures = peers.map((name) => figureIn(round, measure, name));
    return figureIn(round, measure, server) / Math.min(...figures);
  }));
}

function figureIn(round: Round, { name, isAdded = false }: Measure, server: string): number {
  const own = round[server]?.[name] ?? NaN;
  if (!isAdded) return own;
  return server === BASELINE ? NaN : own - (round[BASELINE]?.[name] ?? NaN);
}

/** The servers that Weir is compared with. */
export function peersIn({ servers }: Result): readonly string[] {
  return servers.filter((server) => server !== BASELINE && server !== SERVER);
}
