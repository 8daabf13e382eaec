/**
 * Several threads that answer requests on one port.
 *
 * What they have in common is in shared memory: limits and the count of running calls. A thread that ends
 * unexpectedly takes its connections with it; the log says how many calls were running, and another thread
 * takes its place.
 *
 * @module
 */

import { createOpenMetricsSurface, type ProcessMemory } from "../../app/app.ts";
import type { Config } from "../../config/schema.ts";
import type { Administration } from "../../core/administration.ts";
import type { Clock } from "../../core/clock.ts";
import type { Provider } from "../../core/provider/provider.ts";
import type { Log, LogOutput } from "../../observability/log/log.ts";
import { mergedText } from "../../observability/metrics/metrics.ts";
import { WorkerMetrics } from "../../observability/metrics/worker_metrics.ts";
import { MICROS_PER_USD } from "../../limits/budgets/budget_store.ts";
import { spendForThread } from "../../limits/budgets/memory/memory_budget_store.ts";
import { clearThread } from "../../limits/memory/shared_slot_counts.ts";
import { createProviders } from "../../providers/registry.ts";
import type { LocalResponseStore } from "../../state/responses/local_response_store.ts";
import type { FakeBaseUrl } from "../embedded_fake.ts";
import { ensureFree, ListenError } from "../listener/listen.ts";
import { RunningWorker } from "./running_worker.ts";
import type { Server } from "../server.ts";
import type { StopOptions } from "../stop.ts";
import { attachWorker, type TellWorker } from "../ledger/attach_worker.ts";
import type { LedgerHub } from "../ledger/ledger_hub.ts";
import type { LedgerQuestions, MainQuestions, WorkerSettings } from "./worker_questions.ts";
import type { Answers } from "./thread_link.ts";
import { answerFrom } from "./linked_methods.ts";
import type { SpawnThread } from "./worker_thread.ts";

/** Waits before a lost thread is replaced: short at first, twice as long each time, up to the last. */
const MIN_PAUSE_MS = 100;
const MAX_PAUSE_MS = 30_000;
/** Whoever has served for so long was not started in vain. */
const STEADY_MS = 60_000;

export interface WorkerGroupParts {
  readonly config: Config;
  readonly threads: number;
  readonly memory: ProcessMemory;
  /** What the threads keep together. */
  readonly responses: LocalResponseStore;
  readonly hub: LedgerHub;
  readonly administration: Administration;
  readonly fakeBaseUrl: FakeBaseUrl;
  readonly spawn: SpawnThread;
  /** Writes whole lines of the log. */
  readonly write: (lines: Uint8Array) => Promise<void>;
  readonly output: Omit<LogOutput, "stream">;
  readonly log: Log;
  readonly clock: Clock;
}

/** The place of a thread, which others take one after the other. */
interface Seat {
  readonly thread: number;
  worker: RunningWorker | undefined;
  pauseMs: number;
}

/** Resolves when all threads listen. Rejects with `StartError`. */
export async function startWorkers(parts: WorkerGroupParts): Promise<Server> {
  const group = new WorkerGroup(parts);
  await group.start();
  return group;
}

class WorkerGroup implements Server {
  readonly answerMetrics: Server["answerMetrics"];
  readonly #parts: WorkerGroupParts;
  readonly #seats: readonly Seat[];
  readonly #metrics: WorkerMetrics;
  readonly #answers: Answers<Omit<MainQuestions, "ready" | keyof LedgerQuestions>>;
  #config: Config;
  #upstreams: readonly Provider[];
  #port: number;
  /** Threads are replaced in between. */
  #phase: "starting" | "serving" | "stopping" = "starting";

  constructor(parts: WorkerGroupParts) {
    const { config, threads, fakeBaseUrl, write, responses, administration, hub } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#port = config.server.port;
    this.#upstreams = createProviders(config.upstreams, fakeBaseUrl(config.upstreams));
    this.#seats = Array.from({ length: threads }, (_, thread) => ({
      thread,
      worker: undefined,
      pauseMs: MIN_PAUSE_MS,
    }));
    this.#metrics = new WorkerMetrics(() => this.#workers().length, hub.readings);
    const metrics = (): Promise<string> => this.#metricsText();
    this.#answers = {
      write,
      metrics,
      responses: answerFrom(responses),
      administer: answerFrom(administration),
    };
    this.answerMetrics = createOpenMetricsSurface(
      config.metrics.enabled === "off" ? undefined : metrics,
    );
  }

  get port(): number {
    return this.#port;
  }

  readonly providers = (): readonly Provider[] => this.#upstreams;

  async start(): Promise<void> {
    const { host, port, reusePort } = this.#config.server;
    // Among threads the port is shared, so that nobody would notice another program that has it.
    if (reusePort === "off") ensureFree(host, port);
    const [first, ...others] = this.#seats;
    try {
      // The first finds a port, where any free one will do.
      if (first !== undefined) this.#port = await this.#launch(first);
      await Promise.all(others.map((seat) => this.#launch(seat)));
    } catch (thrown) {
      await this.#endAll();
      const isListenError = thrown instanceof Error && thrown.name === ListenError.name;
      throw isListenError ? new ListenError(thrown.message) : thrown;
    }
    this.#phase = "serving";
  }

  readonly apply = async (config: Config): Promise<void> => {
    const { fakeBaseUrl } = this.#parts;
    this.#upstreams = createProviders(config.upstreams, fakeBaseUrl(config.upstreams));
    this.#config = config;
    await Promise.all(
      this.#workers().map((worker) =>
        worker.apply(this.#settings()).catch(({ stack }) =>
          // Its successor begins with the new configuration.
          worker.end(`could not take the configuration: ${stack}`)
        )
      ),
    );
  };

  readonly stop = async (options: StopOptions): Promise<void> => {
    this.#phase = "stopping";
    // A thread that is lost meanwhile has nothing left to finish.
    await Promise.allSettled(this.#workers().map((worker) => worker.stop(options)));
    await this.#endAll();
  };

  #workers(): RunningWorker[] {
    return this.#seats.flatMap(({ worker }) => worker ?? []);
  }

  async #endAll(): Promise<void> {
    this.#phase = "stopping";
    await Promise.all(this.#workers().map((worker) => worker.end("stopped")));
  }

  /** Resolves with the port, once the thread listens. */
  async #launch(seat: Seat): Promise<number> {
    const { memory, output: { isTerminal, hasColor, isJournal }, spawn, clock, hub } = this.#parts;
    const tell: TellWorker = (name, told) => worker.tell(name, told);
    const attached = attachWorker(hub, tell, clock);
    const answers = { ...this.#answers, ...attached.answers };
    const worker = new RunningWorker(`weir-${seat.thread + 1}`, spawn, answers, clock);
    seat.worker = worker;
    const startedMs = clock.nowMs();
    worker.ended.then((cause) => {
      attached.detach();
      seat.worker = undefined;
      if (this.#phase === "serving") this.#replace(seat, worker, cause, clock.nowMs() - startedMs);
    });
    const { thread } = seat;
    const shown = { isTerminal, hasColor, isJournal };
    const { entities: { all: entities } } = hub;
    const port = await worker.start({ ...this.#settings(), memory, thread, ...shown, entities });
    attached.begin();
    return port;
  }

  #replace(seat: Seat, worker: RunningWorker, cause: string, servedMs: number): void {
    const { memory: { slots, budgets }, responses, log, clock } = this.#parts;
    responses.threadLost(seat.thread);
    const spentMicros = spendForThread(budgets, seat.thread);
    const calls = slots === undefined ? 0 : clearThread(slots, seat.thread);
    this.#metrics.recordLoss(calls, worker.lastSnapshot);
    const pauseMs = servedMs >= STEADY_MS ? MIN_PAUSE_MS : seat.pauseMs;
    seat.pauseMs = Math.min(2 * pauseMs, MAX_PAUSE_MS);
    log.error("worker lost", {
      worker: seat.thread + 1,
      calls,
      outcome: "worker_lost",
      ...(spentMicros > 0 && { reserved_usd: spentMicros / MICROS_PER_USD }),
      replaced_in_ms: pauseMs,
      cause,
    });
    clock.schedule(pauseMs, () => {
      if (this.#phase !== "serving") return;
      this.#launch(seat).then(
        () => log.info("worker replaced", { worker: seat.thread + 1 }),
        // Whatever it was, the thread is of no use; its end begins the next try.
        ({ stack }) => seat.worker?.end(`did not start: ${stack}`),
      );
    });
  }

  #settings(): WorkerSettings {
    const { threads, fakeBaseUrl } = this.#parts;
    const config = partOf(this.#config, threads);
    return {
      config: { ...config, server: { ...config.server, port: this.#port, reusePort: "on" } },
      fakeBaseUrl: fakeBaseUrl(config.upstreams),
    };
  }

  async #metricsText(): Promise<string> {
    // At one moment: a thread that is lost meanwhile is counted among the others or among the lost, and not twice.
    const [ofThreads, ofLost] = await Promise.all([
      Promise.all(this.#workers().map((worker) => worker.snapshot())),
      this.#metrics.snapshots(),
    ]);
    return await mergedText([...ofThreads, ...ofLost]);
  }
}

/** What only keeps memory and descriptors within bounds is divided; limits on calls are in common. */
function partOf(config: Config, threads: number): Config {
  const part = (whole: number): number => Math.ceil(whole / threads);
  const { cache, concurrency, webSocket, transport } = config;
  return {
    ...config,
    cache: { ...cache, maxBytes: part(cache.maxBytes) },
    concurrency: { ...concurrency, maxQueued: part(concurrency.maxQueued) },
    webSocket: { ...webSocket, maxConnections: part(webSocket.maxConnections) },
    transport: {
      ...transport,
      maxConnectionsPerOrigin: part(transport.maxConnectionsPerOrigin),
      maxIdleConnectionsPerOrigin: part(transport.maxIdleConnectionsPerOrigin),
    },
  };
}
