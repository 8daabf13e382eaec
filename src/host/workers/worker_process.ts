/** A process whose requests are answered by several threads; this one looks after them. */

import type { ProcessMemory } from "../../app/app.ts";
import type { Config } from "../../config/schema.ts";
import { openLog } from "../../observability/log/log.ts";
import type { FakeBaseUrl } from "../embedded_fake.ts";
import type { LedgerHub } from "../ledger/ledger_hub.ts";
import { openHub } from "../ledger/open_hub.ts";
import { withLedger } from "../ledger/with_ledger.ts";
import { OwnLog } from "../own_log.ts";
import { systemClock } from "../runtime.ts";
import type { ProcessParts } from "../server.ts";
import { createReportBug, surviveBugs } from "../system/survive_bugs.ts";
import { stdoutOutput } from "../system/terminal.ts";
import { startWorkers } from "./worker_group.ts";
import { spawnThread } from "./worker_thread.ts";
import type { LocalResponseStore } from "../../state/responses/local_response_store.ts";

export interface WorkerProcessParts {
  readonly config: Config;
  readonly threads: number;
  readonly memory: ProcessMemory;
  readonly responses: LocalResponseStore;
  readonly fakeBaseUrl: FakeBaseUrl;
}

export function createWorkerProcess(parts: WorkerProcessParts): ProcessParts {
  const { config, responses } = parts;
  const { stream, ...terminal } = stdoutOutput();
  const writer = stream.getWriter();
  // This thread's lines go the way of all others', so that no two run into each other.
  const write = (lines: Uint8Array): Promise<void> => writer.write(lines);
  const output = { ...terminal, stream: new WritableStream({ write }) };
  const { log, close } = openLog(config.log, output, systemClock);
  const ownLog = new OwnLog(log, config);
  surviveBugs(createReportBug(ownLog.log, { bugs: 0 }));
  let hub: LedgerHub | undefined;
  return {
    ownLog,
    close: async () => {
      responses.close();
      await hub?.close();
      await close();
    },
    start: async (administration) => {
      hub = await openHub({ config, log: ownLog.log, clock: systemClock });
      const server = await startWorkers({
        ...parts,
        administration,
        hub,
        spawn: spawnThread,
        write,
        output,
        log: ownLog.log,
        clock: systemClock,
      });
      return withLedger(server, hub);
    },
  };
}
