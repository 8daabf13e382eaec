/** Traffic through three machines while everything fails that may, and what is in the books after it. */

import type { Launched } from "../../agents/launched.ts";
import { seededRandom } from "../../framing/cuts.ts";
import { until } from "../../support/until.ts";
import { below } from "../../transport/mutated_responses.ts";
import { makeHttpCall, type SoakClient } from "../http_calls.ts";
import { compareWithMetrics } from "../ledger.ts";
import { makeSocketCalls } from "../socket_calls.ts";
import { runAgent } from "./agents.ts";
import { Coverage, makeFurtherCall, makeMatrixCall } from "./clients.ts";
import { killThread, lockLedger, pause, restart } from "./events.ts";
import { compareWithLedger, type LedgerComparison } from "./ledger_rows.ts";
import type { Machine } from "./machine.ts";
import { type Machines, startMachines } from "./machines.ts";
import { type Usage, watch } from "./watch.ts";

const CLIENTS_PER_MACHINE = 8;
/** Of what a client does next; a conversation over a WebSocket is twenty calls. */
const MATRIX_SHARE = 0.6;
const MIXED_SHARE = 0.29;
const FURTHER_SHARE = 0.1;
const RELOAD_EVERY_MS = 1_000;
/** Between the end of an event and the next of its kind. */
const PAUSE_MS = 3_000;
const DEATH_PAUSE_MS = 6_000;
const OUTAGE_MS = 3_000;
/** Idle connections to Postgres are kept for a minute. */
const SETTLE_MS = 90_000;
/** Of each machine, until its heap has about the size that such work gives it. */
const WARM_UP_CALLS = 1_000;
const MAX_WARM_UP_MS = 300_000;
/** Of what has begun when the time is over. */
const MAX_END_MS = 180_000;

export interface WholeOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly redis: boolean;
  readonly postgres: boolean;
  /** Those that are run in turn. */
  readonly agents: readonly Launched[];
  /** Told of each part that is over. */
  readonly tell: (text: string) => void;
}

/** What is known of a machine at the end. */
export interface MachineResult {
  readonly machine: Machine;
  readonly metricsProblems: readonly string[];
  readonly ledger: LedgerComparison;
  /** What is left when all is over: each must be zero. */
  readonly left: Readonly<Record<string, number>>;
  /** Of a process that has lived through all of it. */
  readonly usage: Usage | undefined;
  readonly descriptors: { readonly before: number; readonly after: number };
  readonly exitCode: number;
}

export interface WholeResult {
  readonly machines: readonly MachineResult[];
  readonly coverage: Coverage;
  /** How often each event came. */
  readonly events: ReadonlyMap<string, number>;
  readonly problems: readonly string[];
  readonly requestsOpenUpstream: number;
}

/** What all parts of one run have in common. */
interface Run {
  readonly options: WholeOptions;
  readonly machines: Machines;
  readonly random: () => number;
  readonly coverage: Coverage;
  readonly events: Map<string, number>;
  readonly problems: string[];
  nextId: number;
  isOver: () => boolean;
}

export async function runWhole(options: WholeOptions): Promise<WholeResult> {
  await using machines = await startMachines(options);
  const run: Run = {
    options,
    machines,
    random: seededRandom(options.seed),
    coverage: new Coverage(),
    events: new Map(),
    problems: [],
    nextId: 0,
    isOver: () => true,
  };
  const totalMs = options.minutes * 60_000;
  const { steady, threads, all, providers } = machines;
  // The first tenth, in which everything that is opened for good is opened.
  const isWarm = (): boolean => all.every(({ books }) => books.made >= WARM_UP_CALLS);
  await serve(run, totalMs / 10, isWarm);
  tellCalls(run, "the first tenth");
  for (const machine of all) await settled(machine);
  const before = new Map<Machine, number>();
  for (const machine of all) before.set(machine, await machine.descriptors());
  const serving = serve(run, totalMs * 9 / 10);
  const watching = [steady, threads].map(async (machine) =>
    [machine, await watch(machine, () => run.isOver())] as const
  );
  await serving;
  tellCalls(run, "all");
  const usages = new Map(await Promise.all(watching));
  const results: MachineResult[] = [];
  for (const machine of all) {
    results.push(await finish(machine, usages.get(machine), before.get(machine) ?? 0));
  }
  return {
    machines: results,
    coverage: run.coverage,
    events: run.events,
    problems: run.problems,
    requestsOpenUpstream: providers.open(),
  };
}

function tellCalls({ options, machines: { all } }: Run, part: string): void {
  const calls = all.map(({ name, books }) => `${books.made} calls of ${name}`);
  options.tell(`${new Date().toISOString()} ${part} is over: ${calls.join(", ")}`);
}

/** Traffic and events for so long, and until `isEnough`; events that have begun come to their end. */
async function serve(run: Run, ms: number, isEnough = () => true): Promise<void> {
  const sinceMs = performance.now();
  run.isOver = () => {
    const elapsedMs = performance.now() - sinceMs;
    return elapsedMs > ms && (isEnough() || elapsedMs > MAX_WARM_UP_MS);
  };
  const { all } = run.machines;
  const parts = [...all.map((machine) => traffic(run, machine)), allEvents(run)];
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const running = all.flatMap(({ books }) => books.running).join(", ");
    late.reject(new Error(`Clients have not come to an end: ${running}`));
  }, ms + MAX_WARM_UP_MS + MAX_END_MS);
  await Promise.race([Promise.all(parts), late.promise]).finally(() => clearTimeout(timer));
}

async function traffic(run: Run, machine: Machine): Promise<void> {
  const { random, coverage, machines: { providers: { faults } } } = run;
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: CLIENTS_PER_MACHINE });
  const parts: SoakClient = { url: machine.url, client, ledger: machine.books, random };
  const next = async (): Promise<void> => {
    const id = idOf(run, machine);
    const kind = random();
    if (kind < MATRIX_SHARE) await makeMatrixCall(parts, faults, coverage, id);
    else if (kind < MATRIX_SHARE + MIXED_SHARE) await makeHttpCall(parts, id);
    else if (kind < MATRIX_SHARE + MIXED_SHARE + FURTHER_SHARE) await makeFurtherCall(parts, id);
    else await makeSocketCalls(parts, id);
  };
  await Promise.all(Array.from({ length: CLIENTS_PER_MACHINE }, async () => {
    while (!run.isOver()) await next();
  }));
}

function idOf(run: Run, { name }: Machine): string {
  return `soak-${name}-${++run.nextId}`;
}

async function allEvents(run: Run): Promise<void> {
  const { options: { agents }, machines: { steady, restarted, threads, all, redis, postgres } } =
    run;
  const repeat = async (
    name: string,
    event: (turn: number) => Promise<void>,
    pauseMs = PAUSE_MS,
  ): Promise<void> => {
    while (!run.isOver()) {
      const turn = run.events.get(name) ?? 0;
      await event(turn);
      run.events.set(name, turn + 1);
      await pause(pauseMs);
    }
  };
  const outage = (name: string, begin: () => unknown, end: () => unknown): Promise<void> =>
    repeat(name, async () => {
      await begin();
      await pause(OUTAGE_MS);
      await end();
    });
  await Promise.all([
    repeat("reloads of each", async () => {
      for (const machine of all) await machine.reload();
    }, RELOAD_EVERY_MS),
    repeat("locks of the ledger", async () => {
      const unlock = await lockLedger(steady);
      await pause(below(OUTAGE_MS, run.random));
      unlock();
    }),
    repeat("restarts", async (turn) => {
      run.problems.push(...await restart(restarted, idOf(run, restarted), turn % 2 === 1));
    }),
    repeat("deaths of a thread", () => killThread(threads, idOf(run, threads)), DEATH_PAUSE_MS),
    ...(redis === undefined ? [] : [outage("outages of Redis", redis.kill, redis.restart)]),
    ...(postgres === undefined
      ? []
      : [outage("outages of Postgres", postgres.kill, postgres.restart)]),
    ...(agents.length === 0 ? [] : [
      repeat("agents", async (turn) => {
        const agent = agents[turn % agents.length];
        if (agent === undefined) return;
        run.problems.push(...await runAgent(agent, steady, idOf(run, steady)));
      }),
    ]),
  ]);
}

async function finish(
  machine: Machine,
  usage: Usage | undefined,
  before: number,
): Promise<MachineResult> {
  const { books, life, losesThreads } = machine;
  const isBalanced = await books.balanced(SETTLE_MS);
  if (!isBalanced) books.problems.push(`not balanced after ${SETTLE_MS} ms`);
  const left = await settled(machine, before);
  const after = await machine.descriptors();
  books.close();
  const metrics = await life.metrics();
  const metricsProblems = [
    ...compareWithMetrics(life.lines, metrics, losesThreads ? books.disturbed : 0),
  ];
  const lostCalls = metrics.sum("weir_worker_lost_calls_total");
  if (lostCalls !== life.lostCalls) {
    metricsProblems.push(`${life.lostCalls} lost calls in the log, ${lostCalls} in the metrics`);
  }
  const ledger = await compareWithLedger(machine);
  life.stop();
  const { code } = await life.program.exited;
  return {
    machine,
    metricsProblems,
    ledger,
    left,
    usage,
    descriptors: { before, after },
    exitCode: code,
  };
}

/** What is still going on, once it is nothing or long enough has been waited. */
async function settled(
  machine: Machine,
  maxDescriptors = Infinity,
): Promise<Readonly<Record<string, number>>> {
  let left: Readonly<Record<string, number>> = {};
  const look = async (): Promise<boolean> => {
    const metrics = await machine.life.metrics();
    left = {
      "requests in flight": metrics.sum("weir_requests_in_flight"),
      "calls in the queue": metrics.sum("weir_calls_queued"),
      "WebSocket connections": metrics.sum("weir_websocket_connections"),
      "records that wait": metrics.sum("weir_ledger_records_waiting"),
      "unhandled errors": metrics.sum("weir_unhandled_errors_total"),
    };
    return Object.values(left).every((count) => count === 0) &&
      await machine.descriptors() <= maxDescriptors;
  };
  await until(look, SETTLE_MS).catch(() => {});
  return left;
}
