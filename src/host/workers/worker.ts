/** A thread that serves, and is told what by the main thread. */

import { parentPort } from "node:worker_threads";
import type { Ledger } from "../../core/ledger/ledger.ts";
import { openLog } from "../../observability/log/log.ts";
import { openTraces } from "../../observability/open_traces.ts";
import { OwnLog } from "../own_log.ts";
import { systemClock } from "../runtime.ts";
import { createWorkerLedger } from "../ledger/worker_ledger.ts";
import { linkedAdministration } from "./linked_administration.ts";
import { linkedResponseStore } from "./linked_response_store.ts";
import { ThreadLink, type ThreadPort } from "./thread_link.ts";
import { serveInThread, type ThreadServer } from "../thread_server.ts";
import type {
  LinkToMain,
  MainQuestions,
  WorkerQuestions,
  WorkerStart,
} from "./worker_questions.ts";

interface Running {
  readonly server: ThreadServer;
  readonly closeLog: () => Promise<void>;
}

/** Serves until the main thread ends this one. */
export async function runWorker(): Promise<never> {
  /** Set by the first question, and waited for by those that come while it starts. */
  let running: Promise<Running> | undefined;
  let fakeBaseUrl: string | undefined;
  async function started(): Promise<Running> {
    if (running === undefined) throw new Error("The thread was not started yet");
    return await running;
  }
  const { ledger, news } = createWorkerLedger({
    ask: (question) => link.ask("ledgerAsk", question),
    sendRecords: (batch) => link.ask("ledgerRecords", batch),
    sendEvents: (events) => void link.ask("ledgerPublish", events),
    watch: (isWatching) => void link.ask("ledgerWatch", isWatching),
  }, systemClock);
  const link: LinkToMain = new ThreadLink<MainQuestions, WorkerQuestions>(
    parentPort as ThreadPort,
    {
      ...news,
      start: async (start) => {
        fakeBaseUrl = start.fakeBaseUrl;
        news.ledgerEntities(start.entities);
        running = startServer(start, () => fakeBaseUrl, link, ledger);
        return (await running).server.port;
      },
      apply: async (settings) => {
        fakeBaseUrl = settings.fakeBaseUrl;
        const { server } = await started();
        await server.apply(settings.config);
      },
      snapshot: async () => await (await started()).server.snapshot(),
      stop: async (options) => {
        const { server, closeLog } = await started();
        await server.stop(options);
        // Calls are recorded by the last lines of the log.
        await closeLog();
        await ledger.flush();
      },
    },
  );
  await link.ask("ready");
  return await new Promise<never>(() => {});
}

async function startServer(
  { config, memory, thread, isTerminal, hasColor, isJournal }: WorkerStart,
  fakeBaseUrl: () => string | undefined,
  link: LinkToMain,
  ledger: Ledger,
): Promise<Running> {
  // One writer for all threads, so that their lines do not run into each other.
  const stream = new WritableStream<Uint8Array>({ write: (lines) => link.ask("write", lines) });
  const output = { stream, isTerminal, hasColor, isJournal };
  const { log, close } = openLog(config.log, output, systemClock);
  const allMetrics = () => link.ask("metrics");
  const responses = linkedResponseStore((question) => link.ask("responses", question));
  const administration = linkedAdministration((question) => link.ask("administer", question));
  const traces = await openTraces(config.traces, new OwnLog(log, config).log);
  const server = serveInThread({
    config,
    place: {
      memory,
      thread,
      allMetrics,
      responses,
      ledger,
      ledgerReadings: undefined,
      administration,
    },
    fakeBaseUrl,
    log,
    traces,
  });
  return { server, closeLog: close };
}
