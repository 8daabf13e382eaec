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

const BASE = "Node + undici";

/** Ratios of costs; those to Node + undici are the steadiest from machine to machine. */
export const PROMISES: readonly Promised[] = [
  { text: "JSON completion, 0.5 KB: CPU", item: "json", measure: "cpu", peer: BASE, atMost: 0.8 },
  {
    text: "JSON completion, 0.5 KB: calls in a second of CPU",
    item: "json",
    measure: "cpu",
    peer: "Portkey",
    atLeast: 20,
  },
  { text: "JSON completion, 50 KB: CPU", item: "json50k", measure: "cpu", peer: BASE, atMost: 1.2 },
  { text: "`/healthz`: CPU", item: "healthz", measure: "cpu", peer: "Node http", atMost: 0.45 },
  { text: "`/healthz`: CPU", item: "healthz", measure: "cpu", peer: "nginx", atMost: 1.6 },
  { text: "SSE burst: CPU", item: "sse", measure: "cpu", peer: BASE, atMost: 0.8 },
  { text: "text made SSE: CPU", item: "text", measure: "cpu", peer: BASE, atMost: 1 },
  { text: "200 streams: CPU", item: "paced200", measure: "cpu", peer: BASE, atMost: 0.75 },
  { text: "200 streams: CPU", item: "paced200", measure: "cpu", peer: "nginx", atMost: 1.9 },
  {
    text: "200 streams: added to later events, median µs",
    item: "paced200",
    measure: "event50",
    atMost: 500,
  },
  {
    text: "1,000 streams: added to the first event, median µs",
    item: "paced1000",
    measure: "first50",
    atMost: 5_000,
  },
  {
    text: "1,000 streams: added to later events, median µs",
    item: "paced1000",
    measure: "event50",
    atMost: 3_000,
  },
  { text: "1,000 streams: CPU", item: "paced1000", measure: "cpu", peer: "nginx", atMost: 1.5 },
  { text: "1,000 streams: KiB a stream", item: "paced1000", measure: "memory", atMost: 60 },
  {
    text: "added at 300 calls/s, median",
    item: "latency",
    measure: "p50",
    peer: "nginx",
    atMost: 1.6,
  },
  { text: "added at 300 calls/s, p99", item: "latency", measure: "p99", peer: "nginx", atMost: 3 },
  {
    text: "start to first answer",
    item: "start",
    measure: "start",
    peer: "Deno.serve",
    atMost: 2.8,
  },
  { text: "memory when idle", item: "start", measure: "memory", peer: "Deno.serve", atMost: 1.4 },
  { text: "MiB that are embedded", item: "start", measure: "embedded", atMost: 2 },
];

/** What keeps a promise from being kept, by profiles of the program under the load of that work. */
export const DOMINANTS: readonly string[] = [
  "Others at work on the machine: they take the caches, and what has most code and data loses most. On the same machine when it was quiet, and " +
  "before bodies were copied less, JSON of 0.5 KB was 1.1 of Node + undici, of 50 KB 2.6, and an SSE burst 1.09; the copies are 0.81 and 0.83 of " +
  "what the latter two cost.",
  "JSON, 0.5 KB: a third is `write(2)`, two a call, in which the reading of the other end is done as well; a tenth is the collector (43 KB a call); " +
  "the rest is spread over some 200 functions, none of which has 2 %. Key, limits, log and metrics add a third to a call without them.",
  "JSON, 50 KB: the text is decoded and parsed, and thrown away at once: 100 KB of strings a call empty the young generation three times as often as a short " +
  "body does. Until the strings and the bytes were let go of earlier, which the figures here do not show, such a call cost 1.6 times as much.",
  "`/healthz`: six tenths are `write(2)`.",
  "Streams: a read and a write of the runtime for each event, each a promise; looking for the events takes a third.",
  "Start: a third is making some 1,500 schemas of zod's and reading the configuration with them. Memory: what a start leaves in a young generation of " +
  "16 MiB, and the program's text.",
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
