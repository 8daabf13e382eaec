/** What Weir promises beside its peers. */

import { BEST, figure, peersIn, ratio, type Result, SERVER } from "./result.ts";
import type { Summary } from "./statistics.ts";
import { WORK } from "./work/registry.ts";
import { cost } from "./work/work_item.ts";

/** Rounds go on until a promised ratio is that sure, for as long as a run may take. */
export const MOST_MARGIN = 0.05;

export interface Promised {
  readonly text: string;
  readonly item: string;
  readonly measure: string;
  /** The name of a server, or `BEST` of all; where left out, the figure itself is promised. */
  readonly peer?: string;
  readonly atLeast?: number;
  readonly atMost?: number;
}

const BASE = "Node + undici";

/** Of calls as fast as they are answered. */
const COST = cost("cpu", "", 1);

/** The best of those that translate as well. */
const TRANSLATED = [
  ["Messages at chat", "messages-to-chat"],
  ["Messages at chat, stream", "messages-to-chat-sse"],
  ["chat at Messages", "chat-to-messages"],
  ["chat at Messages, stream", "chat-to-messages-sse"],
] as const;

/** Ratios of costs; those to Node + undici are the steadiest from machine to machine. */
export const PROMISES: readonly Promised[] = [
  { text: "chat, 0.5 KB: CPU", item: "json", measure: "cpu", peer: BASE, atMost: 0.8 },
  {
    text: "chat, 0.5 KB: calls in a second of CPU",
    item: "json",
    measure: "cpu",
    peer: "Portkey",
    atLeast: 20,
  },
  { text: "chat, 50 KB: CPU", item: "json50k", measure: "cpu", peer: BASE, atMost: 1.2 },
  { text: "`/healthz`: CPU", item: "healthz", measure: "cpu", peer: "Node http", atMost: 0.45 },
  { text: "`/healthz`: CPU", item: "healthz", measure: "cpu", peer: "nginx", atMost: 1.6 },
  { text: "chat, stream: CPU", item: "sse", measure: "cpu", peer: BASE, atMost: 0.8 },
  { text: "text made a chat, stream: CPU", item: "text", measure: "cpu", peer: BASE, atMost: 1 },
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
  ...TRANSLATED.map(([text, item]) => ({
    text: `translated, ${text}: CPU`,
    item,
    measure: "cpu",
    peer: BEST,
    atMost: 0.33,
  })),
  { text: "memory when idle", item: "start", measure: "memory", peer: "Deno.serve", atMost: 1.4 },
  { text: "MiB that are embedded", item: "start", measure: "embedded", atMost: 2 },
];

/** What is promised; `undefined` where the rounds do not have it. */
export function reached(
  promise: Promised,
  results: ReadonlyMap<string, Result>,
): Summary | undefined {
  const { item, peer } = promise;
  const result = results.get(item);
  const measure = WORK.find(({ name }) => name === item)?.measures
    .find(({ name }) => name === promise.measure);
  if (result === undefined || measure === undefined) return undefined;
  const needed = peer === undefined || peer === BEST ? [SERVER] : [SERVER, peer];
  if (!needed.every((name) => result.servers.includes(name))) return undefined;
  if (peer === undefined) return figure(result, measure, SERVER);
  // What is promised to be at least something is a gain, and a cost is its reciprocal.
  const isTurned = promise.atLeast !== undefined && !measure.isGain;
  return isTurned ? ratio(result, measure, peer, SERVER) : ratio(result, measure, SERVER, peer);
}

/** Whether more rounds would change little: of what is promised of this work, or else of every ratio of costs. */
export function isSure(result: Result): boolean {
  const results = new Map([[result.item, result]]);
  const promised = PROMISES.filter(({ item, peer }) => item === result.item && peer !== undefined);
  const ratios = promised.length > 0
    ? promised.map((promise) => reached(promise, results))
    : peersIn(result).map((peer) => ratio(result, COST, SERVER, peer));
  return ratios.every((value) => value === undefined || value.margin <= MOST_MARGIN);
}

export function isKept(
  { atLeast = -Infinity, atMost = Infinity }: Promised,
  { median }: Summary,
): boolean {
  return median >= atLeast && median <= atMost;
}

export function limitText({ atLeast, atMost }: Promised): string {
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
}

export function verdictText(promise: Promised, value: Summary | undefined): string {
  if (value === undefined) return "not measured";
  const { median, margin } = value;
  const [least, most] = [median - margin * median, median + margin * median];
  const isClear = isKept(promise, { ...value, median: least }) ===
    isKept(promise, { ...value, median: most });
  return `${isKept(promise, value) ? "met" : "**missed**"}${isClear ? "" : ", not sure"}`;
}
