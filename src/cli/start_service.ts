/** Starts what answers requests: this thread, or as many as the configuration asks for. */

import { createProcessMemory } from "../app.ts";
import type { Config } from "../config/schema.ts";
import { openLog } from "../observability/log.ts";
import { createFakeBaseUrl } from "./fake_base_url.ts";
import { OwnLog } from "./own_log.ts";
import { makeHashSecret, makeId, systemClock } from "./runtime.ts";
import type { Service } from "./service.ts";
import { shareOutput } from "./shared_output.ts";
import { createReportBug, surviveBugs } from "./survive_bugs.ts";
import { stdoutOutput } from "./terminal.ts";
import { serveInThread } from "./thread_service.ts";
import { startWorkers } from "./worker_group.ts";
import { spawnThread } from "./worker_thread.ts";

/** The log of the process, and what begins to answer requests. */
export interface ProcessParts {
  readonly ownLog: OwnLog;
  readonly closeLog: () => Promise<void>;
  /** Rejects with `ListenError`. */
  readonly start: () => Promise<Service>;
}

export async function createProcess(config: Config): Promise<ProcessParts> {
  const threads = threadCount(config);
  const memory = createProcessMemory(config, threads, {
    clock: systemClock,
    makeId,
    hashSecret: makeHashSecret(),
  });
  const fakeBaseUrl = createFakeBaseUrl();
  if (threads === 1) {
    const { log, close } = await openLog(config.log, stdoutOutput(), systemClock);
    const place = { memory, thread: 0, allMetrics: undefined };
    return {
      ownLog: new OwnLog(log, config),
      closeLog: close,
      // deno-lint-ignore require-await -- As the threads' start, which takes its time.
      start: async () => serveInThread({ config, place, fakeBaseUrl, log }),
    };
  }
  const { output, write } = shareOutput(stdoutOutput());
  const { log, close } = await openLog(config.log, output, systemClock);
  const ownLog = new OwnLog(log, config);
  surviveBugs(createReportBug(ownLog.log, { bugs: 0 }));
  return {
    ownLog,
    closeLog: close,
    start: () =>
      startWorkers({
        config,
        threads,
        memory,
        fakeBaseUrl,
        spawn: spawnThread,
        write,
        output,
        log: ownLog.log,
        clock: systemClock,
      }),
  };
}

function threadCount({ server: { workers } }: Config): number {
  return workers === "auto" ? navigator.hardwareConcurrency : workers;
}
