/** Starts what answers requests: this thread, or as many as the configuration asks for. */

import { createProcessMemory, type ThreadPlace } from "../app/app.ts";
import type { Config } from "../config/schema.ts";
import { openLog } from "../observability/log/log.ts";
import { openTraces } from "../observability/open_traces.ts";
import { recordAsConfigured } from "./begin_recording.ts";
import type { LedgerHub } from "./ledger/ledger_hub.ts";
import { openHub } from "./ledger/open_hub.ts";
import { withLedger } from "./ledger/with_ledger.ts";
import { createFakeBaseUrl } from "./embedded_fake.ts";
import { OwnLog } from "./own_log.ts";
import { makeHashSecret, makeId, randomBytes, systemClock } from "./runtime.ts";
import type { ProcessParts } from "./server.ts";
import { StartError } from "./start_error.ts";
import { installationSecret, StateError } from "../state/installation_secret.ts";
import type { StateOptions } from "../state/options.ts";
import { isPostgresAddress } from "../state/state_address.ts";
import { createResponseStore } from "../state/responses/create_response_store.ts";
import type { LocalResponseStore } from "../state/responses/local_response_store.ts";
import { stdoutOutput } from "./system/terminal.ts";
import { serveInThread } from "./thread_server.ts";

interface OpenState {
  readonly secret: Uint8Array<ArrayBuffer>;
  readonly responses: LocalResponseStore;
}

export async function createProcess(config: Config): Promise<ProcessParts> {
  const threads = threadCount(config);
  recordAsConfigured(config);
  const { secret, responses } = await openState(config);
  const memory = createProcessMemory(config, threads, {
    clock: systemClock,
    makeId,
    hashSecret: makeHashSecret(),
    secret,
  });
  const fakeBaseUrl = createFakeBaseUrl();
  if (threads > 1) {
    // Read by those who ask for it: a start with one thread takes no longer.
    const { createWorkerProcess } = await import("./workers/worker_process.ts");
    return createWorkerProcess({ config, threads, memory, responses, fakeBaseUrl });
  }
  const { log, close } = openLog(config.log, stdoutOutput(), systemClock);
  const ownLog = new OwnLog(log, config);
  let hub: LedgerHub | undefined;
  return {
    ownLog,
    close: async () => {
      responses.close();
      // Calls are recorded by the last lines of the log, and the hub writes lines of its own.
      await close();
      await hub?.close();
      await close();
    },
    start: async (administration) => {
      const traces = await openTraces(config.traces, ownLog.log);
      hub = await openHub({ config, log: ownLog.log, clock: systemClock });
      const { ledger, readings: ledgerReadings } = hub;
      const place: ThreadPlace = {
        memory,
        thread: 0,
        allMetrics: undefined,
        responses,
        ledger,
        ledgerReadings,
        administration,
      };
      return withLedger(serveInThread({ config, place, fakeBaseUrl, log, traces }), hub);
    },
  };
}

/** Throws `StartError` where what lasts cannot be opened. */
async function openState({ state, responses }: Config): Promise<OpenState> {
  try {
    return {
      secret: await secretOf(state),
      responses: await createResponseStore(responses, state.folder, systemClock),
    };
  } catch (thrown) {
    throw thrown instanceof StateError ? new StartError(thrown.message) : thrown;
  }
}

/** Machines that share a Postgres share its secret, where none is set. */
async function secretOf(state: StateOptions): Promise<Uint8Array<ArrayBuffer>> {
  const { secret, folder } = state;
  if (secret !== undefined || folder === undefined || !isPostgresAddress(folder)) {
    return installationSecret(state, randomBytes);
  }
  // Read by those who have one.
  const { sharedSecret } = await import("../state/ledger/postgres/shared_secret.ts");
  try {
    return await sharedSecret(folder, randomBytes);
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown;
    const remedy = "or set WEIR_SECRET, the same on every machine, to start without it";
    throw new StateError(`${thrown.message}; ${remedy}`);
  }
}

function threadCount({ server: { workers } }: Config): number {
  return workers === "auto" ? navigator.hardwareConcurrency : workers;
}
