/** What Weir promises beside its peers. */

import { figure, type Ratio, ratio, type Result } from "./result.ts";
import { WORK } from "./work/registry.ts";

const SERVER = "Weir";

export interface Promised {
  readonly text: string;
  readonly item: string;
  readonly measure: string;
  /** Where left out, the figure itself is promised. */
  readonly peer?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

/** Of throughput, the ratio is that of calls in a second of processor time: what a core can do. */
export const PROMISES: readonly Promised[] = [
  { text: "`/healthz`, to nginx", item: "healthz", measure: "cpu", peer: "nginx", atLeast: 0.8 },
  { text: "`/healthz`, to Node", item: "healthz", measure: "cpu", peer: "Node http", atLeast: 1.4 },
  {
    text: "`/healthz` with hey, calls/s to Node",
    item: "hey",
    measure: "rate",
    peer: "Node http",
    atLeast: 1,
  },
  { text: "JSON completion, to nginx", item: "json", measure: "cpu", peer: "nginx", atLeast: 0.4 },
  {
    text: "JSON completion, to Portkey",
    item: "json",
    measure: "cpu",
    peer: "Portkey",
    atLeast: 40,
  },
  {
    text: "added median at 300 calls/s",
    item: "latency",
    measure: "p50",
    peer: "nginx",
    atMost: 2,
  },
  { text: "SSE observed, to nginx", item: "sse", measure: "cpu", peer: "nginx", atLeast: 0.25 },
  { text: "SSE observed, to Portkey", item: "sse", measure: "cpu", peer: "Portkey", atLeast: 8 },
  { text: "text made SSE, to nginx", item: "text", measure: "cpu", peer: "nginx", atLeast: 0.25 },
  { text: "1,000 streams: CPU", item: "paced1000", measure: "cpu", peer: "nginx", atMost: 1.3 },
  { text: "1,000 streams: CPU", item: "paced1000", measure: "cpu", peer: "Portkey", atMost: 0.3 },
  {
    text: "1,000 streams: added to later events, median µs; one interval",
    item: "paced1000",
    measure: "event50",
    atMost: 20_000,
  },
  { text: "1,000 streams: KiB a stream", item: "paced1000", measure: "memory", atMost: 120 },
  {
    text: "200 streams: added to the first event, p99",
    item: "paced200",
    measure: "first99",
    peer: "nginx",
    atMost: 2,
  },
  {
    text: "start to first answer",
    item: "start",
    measure: "start",
    peer: "Deno.serve",
    atMost: 2.5,
  },
  { text: "MiB that are embedded", item: "start", measure: "embedded", atMost: 2 },
  { text: "memory when idle", item: "start", measure: "memory", peer: "Deno.serve", atMost: 1.4 },
];

/** What is promised; `undefined` where the rounds do not have it. */
export function reached(
  promise: Promised,
  results: ReadonlyMap<string, Result>,
): Ratio | undefined {
  const { item, peer } = promise;
  const result = results.get(item);
  const measure = WORK.find(({ name }) => name === item)?.measures
    .find(({ name }) => name === promise.measure);
  if (result === undefined || measure === undefined) return undefined;
  if (![SERVER, peer ?? SERVER].every((name) => result.servers.includes(name))) return undefined;
  if (peer === undefined) return { ...figure(result, measure, SERVER), isTooWide: false };
  // What is promised to be at least something is a gain, and a cost is its reciprocal.
  const isTurned = promise.atLeast !== undefined && !measure.isGain;
  return isTurned ? ratio(result, measure, peer, SERVER) : ratio(result, measure, SERVER, peer);
}

export function isKept(
  { atLeast = -Infinity, atMost = Infinity }: Promised,
  median: number,
): boolean {
  return median >= atLeast && median <= atMost;
}

export function limitText({ atLeast, atMost }: Promised): string {
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
}

export function reachedText(promise: Promised, results: ReadonlyMap<string, Result>): string {
  const value = reached(promise, results);
  if (value === undefined) return "not measured";
  const { median, spread, isTooWide } = value;
  if (isTooWide) return `spread too wide: ±${(spread * 50).toFixed(0)} %`;
  return `${median.toFixed(median < 100 ? 2 : 0)}${isKept(promise, median) ? "" : " (missed)"}`;
}
