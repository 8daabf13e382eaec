/** Starts what answers requests: this thread, or as many as the configuration asks for. */

import { createProcessMemory } from "../app/app.ts";
import type { Config } from "../config/schema.ts";
import { openLog } from "../observability/log/log.ts";
import { createFakeBaseUrl } from "./embedded_fake.ts";
import { OwnLog } from "./own_log.ts";
import { makeHashSecret, makeId, systemClock } from "./runtime.ts";
import type { ProcessParts } from "./server.ts";
import { stdoutOutput } from "./terminal.ts";
import { serveInThread } from "./thread_server.ts";

export async function createProcess(config: Config): Promise<ProcessParts> {
  const threads = threadCount(config);
  const memory = createProcessMemory(config, threads, {
    clock: systemClock,
    makeId,
    hashSecret: makeHashSecret(),
  });
  const fakeBaseUrl = createFakeBaseUrl();
  if (threads > 1) {
    // Read by those who ask for it: a start with one thread takes no longer.
    const { createWorkerProcess } = await import("./workers/worker_process.ts");
    return createWorkerProcess({ config, threads, memory, fakeBaseUrl });
  }
  const { log, close } = openLog(config.log, stdoutOutput(), systemClock);
  const place = { memory, thread: 0, allMetrics: undefined };
  return {
    ownLog: new OwnLog(log, config),
    closeLog: close,
    // deno-lint-ignore require-await -- As the threads' start, which takes its time.
    start: async () => serveInThread({ config, place, fakeBaseUrl, log }),
  };
}

function threadCount({ server: { workers } }: Config): number {
  return workers === "auto" ? navigator.hardwareConcurrency : workers;
}
