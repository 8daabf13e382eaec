/**
 * Mixed traffic through one gateway: every surface, providers that fail, clients that leave, a limit and
 * reloads. At the end the books must balance and nothing may be left.
 *
 * @module
 */

import { seededRandom } from "../framing/cuts.ts";
import { readMetrics } from "../support/metrics.ts";
import { IDLE_CONNECTION_MS, KEY, type SoakGateway, startGateway } from "./gateway.ts";
import { makeHttpCall, type SoakClient } from "./http_calls.ts";
import { compareWithMetrics, Ledger } from "./ledger.ts";
import { descriptors, residentBytes } from "./process.ts";
import { CALLS_PER_CONNECTION, makeSocketCalls } from "./socket_calls.ts";
import { type SoakProviders, startProviders } from "./upstreams.ts";

const HTTP_CLIENTS = 40;
const SOCKET_CLIENTS = 4;
/** Of all calls, those over WebSockets. */
const SOCKET_SHARE = 0.15;
const RELOAD_EVERY_MS = 250;
const SAMPLE_EVERY_MS = 250;
const SETTLE_TIMEOUT_MS = 30_000;
/** Until the heap has about the size that such work gives it. */
const MAX_WARM_UP_CALLS = 3_000;

export interface MixedOptions {
  readonly calls: number;
  /** No more calls are begun after that. */
  readonly maxMs: number;
  readonly seed: number;
}

export interface MixedResult {
  readonly ledger: Ledger;
  readonly seconds: number;
  /** Configurations that were put into force, and those that were refused. */
  readonly reloads: { readonly taken: number; readonly refused: number };
  /** Where the log and `/metrics` differ. */
  readonly metricsProblems: readonly string[];
  /** What is left when all is over: each must be zero, or as it was before. */
  readonly left: Readonly<Record<string, number>>;
  readonly descriptors: { readonly before: number; readonly after: number };
  /** Resident bytes, evenly spread over the time. */
  readonly memory: readonly number[];
  readonly bugs: readonly string[];
  readonly exitCode: number;
}

/** Linux only: memory and descriptors are read from /proc. */
export async function runMixed(options: MixedOptions): Promise<MixedResult> {
  const ledger = new Ledger();
  await using providers = startProviders();
  await using gateway = await startGateway(providers, ledger);
  const random = seededRandom(options.seed);
  const connect = (): SoakClient => ({
    url: gateway.url,
    client: Deno.createHttpClient({ poolMaxIdlePerHost: HTTP_CLIENTS }),
    ledger,
    random,
  });
  // Once through everything, so that what is opened for good is open.
  const warmUp = Math.min(MAX_WARM_UP_CALLS, Math.ceil(options.calls / 4));
  await traffic(connect(), gateway, { ...options, calls: warmUp }, "warm");
  await settled(gateway, providers);
  const before = await lastingDescriptors(gateway.pid);
  const startedMs = performance.now();
  const memory = await traffic(connect(), gateway, options, "main");
  const seconds = (performance.now() - startedMs) / 1000;
  const isBalanced = await ledger.balanced(SETTLE_TIMEOUT_MS);
  if (!isBalanced) ledger.problems.push(`not balanced after ${SETTLE_TIMEOUT_MS} ms`);
  const left = await settled(gateway, providers, before);
  ledger.close();
  const metrics = await readMetrics(gateway.url, { authorization: `Bearer ${KEY}` });
  const after = await descriptors(gateway.pid);
  return {
    ledger,
    seconds,
    reloads: {
      taken: gateway.otherLines.get("reloaded") ?? 0,
      refused: gateway.otherLines.get("reload refused") ?? 0,
    },
    metricsProblems: compareWithMetrics(ledger.lines, metrics),
    left,
    descriptors: { before, after },
    memory,
    bugs: gateway.bugs,
    exitCode: await gateway.stop(),
  };
}

/** Resolves with the resident bytes meanwhile. */
async function traffic(
  parts: SoakClient,
  gateway: SoakGateway,
  { calls, maxMs }: MixedOptions,
  name: string,
): Promise<readonly number[]> {
  const deadlineMs = performance.now() + maxMs;
  const madeBefore = parts.ledger.made;
  const made = (): number => parts.ledger.made - madeBefore;
  const isOver = (): boolean => made() >= calls || performance.now() > deadlineMs;
  let httpCalls = 0;
  const makeCall = (): Promise<void> => makeHttpCall(parts, `soak-${name}-${++httpCalls}`);
  const httpClient = async (): Promise<void> => {
    while (!isOver()) await makeCall();
  };
  let connections = 0;
  const socketClient = async (): Promise<void> => {
    while (!isOver()) {
      // No more than their share, so that the mix does not depend on who is faster.
      if (connections * CALLS_PER_CONNECTION > SOCKET_SHARE * made()) await makeCall();
      else await makeSocketCalls(parts, `soak-${name}-ws${++connections}`);
    }
  };
  const reloading = reloadUntil(gateway, isOver);
  const watching = watchMemory(gateway, isOver);
  await Promise.all([
    ...Array.from({ length: HTTP_CLIENTS }, httpClient),
    ...Array.from({ length: SOCKET_CLIENTS }, socketClient),
  ]);
  parts.client.close();
  await reloading;
  return await watching;
}

async function watchMemory(
  { pid }: SoakGateway,
  isOver: () => boolean,
): Promise<readonly number[]> {
  const samples: number[] = [];
  while (!isOver()) {
    samples.push(await residentBytes(pid));
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_EVERY_MS));
  }
  return samples;
}

async function reloadUntil(gateway: SoakGateway, isOver: () => boolean): Promise<void> {
  for (let round = 1; !isOver(); round++) {
    await gateway.reload(round);
    await new Promise((resolve) => setTimeout(resolve, RELOAD_EVERY_MS));
  }
}

/** What is still open, once it is nothing or long enough has been waited. */
async function settled(
  gateway: SoakGateway,
  providers: SoakProviders,
  maxDescriptors = Infinity,
): Promise<Readonly<Record<string, number>>> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  while (true) {
    const metrics = await readMetrics(gateway.url, { authorization: `Bearer ${KEY}` });
    const left = {
      "requests in flight": metrics.sum("weir_requests_in_flight"),
      "calls in the queue": metrics.sum("weir_calls_queued"),
      "WebSocket connections": metrics.sum("weir_websocket_connections"),
      "requests open upstream": providers.open(),
      "unhandled errors": metrics.sum("weir_unhandled_errors_total"),
    };
    const isQuiet = Object.values(left).every((count) => count === 0) &&
      await descriptors(gateway.pid) <= maxDescriptors;
    if (isQuiet || performance.now() > deadlineMs) return left;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Of a process with nothing to do: those that are still there when idle connections have closed. */
async function lastingDescriptors(pid: number): Promise<number> {
  for (let last = Infinity;;) {
    const count = await descriptors(pid);
    if (count >= last) return count;
    last = count;
    await new Promise((resolve) => setTimeout(resolve, 2 * IDLE_CONNECTION_MS));
  }
}
