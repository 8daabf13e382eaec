/** Plays faults through the surfaces of running gateways and says what became of each call. */

import { type Program, startProgram } from "../support/program.ts";
import { type FaultProvider, startFaultProvider } from "./fault_provider.ts";
import { FAULT_SCRIPTS } from "./fault_scripts.ts";
import { LoggedCalls } from "./logged_calls.ts";
import { play } from "./matrix_clients.ts";
import { failingFormat, isStream, type PlannedCell } from "./matrix_plan.ts";
import {
  aliasOf,
  FAULTY,
  type MatrixProviders,
  providerOf,
  startMatrixProviders,
  WAITS,
} from "./matrix_providers.ts";

/** One call of the matrix. */
export interface MatrixCell extends PlannedCell {
  /** What the client saw. */
  readonly seen: string;
  /** The outcome in the log. */
  readonly outcome: string;
  readonly attempts: number;
  /** How the failing upstream's part of each try ended; `-` where it got none. */
  readonly upstream: string;
  readonly elapsedMs: number;
}

/** Clocks small enough for the matrix to be over soon, and not run out by a busy machine; one retry; and no limit but those that are played. */
const SETTINGS: Readonly<Record<string, string>> = {
  CONNECT_TIMEOUT_MS: "2000",
  FIRST_BYTE_TIMEOUT_MS: "2500",
  FIRST_CONTENT_TIMEOUT_MS: "3000",
  IDLE_TIMEOUT_MS: "3500",
  FINISH_TIMEOUT_MS: "1000",
  TOTAL_TIMEOUT_MS: "30000",
  // On a kept connection a reset before the first byte may mean that it was stale, and is tried anew.
  MAX_IDLE_CONNECTIONS_PER_UPSTREAM: "0",
  MAX_RETRIES: "1",
  BASE_RETRY_DELAY: "0.01",
  RETRY_BUDGET: "1",
  MAX_EVENT_BYTES: "65536",
  MAX_RESPONSE_BYTES: "2000000",
  COOLDOWN: "off",
  // One call may be told to wait, and the next is sent all the same.
  PACING: "off",
  MAX_CONCURRENT_REQUESTS: "10000",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  WS_CONNECTIONS_PER_MINUTE: "0",
};

/** Calls at once: enough to be quick, few enough that no clock runs out for lack of processor time. */
const CALLS_AT_ONCE = 16;
/** The same of calls that merely wait for a clock. */
const WAITING_CALLS_AT_ONCE = 64;

/** Plays these calls; what became of them is in the same order. */
export async function playMatrix(cells: readonly PlannedCell[]): Promise<readonly MatrixCell[]> {
  await using faulty = startFaultProvider();
  await using providers = startMatrixProviders(faulty);
  const gateways = new Map<string, Program>();
  const log = new LoggedCalls();
  await using stack = new AsyncDisposableStack();
  await Promise.all([...new Set(cells.map(gatewayOf))].map(async (name) => {
    gateways.set(name, stack.use(await startGateway(providers, name, log)));
  }));
  const results: MatrixCell[] = [];
  const playAll = async (waits: boolean, atOnce: number): Promise<void> => {
    const work = cells.entries().filter(([, { fault }]) => WAITS.test(fault) === waits);
    const worker = async (): Promise<void> => {
      for (const [index, cell] of work) {
        const gateway = gateways.get(gatewayOf(cell));
        if (gateway === undefined) throw new Error(`No gateway for ${cell.fault}`);
        results[index] = await playCell(cell, gateway.url, faulty, log);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  };
  await Promise.all([playAll(true, WAITING_CALLS_AT_ONCE), playAll(false, CALLS_AT_ONCE)]);
  return results;
}

/** Anthropic's API has one address in each gateway, and so have those of Google, Bedrock and Ollama. */
function gatewayOf({ fault, targets }: PlannedCell): string {
  return failingFormat(targets) === "chat" ? FAULTY : providerOf(fault);
}

function startGateway(
  providers: MatrixProviders,
  name: string,
  log: LoggedCalls,
): Promise<Program> {
  return startProgram({
    onLine: (line) => log.take(line),
    env: { ...SETTINGS, DEFAULT_UPSTREAM: FAULTY, ...providers.settings(name) },
  });
}

async function playCell(
  cell: PlannedCell,
  gatewayUrl: string,
  faulty: FaultProvider,
  log: LoggedCalls,
): Promise<MatrixCell> {
  const id = crypto.randomUUID();
  const script = FAULT_SCRIPTS[cell.fault];
  const startedMs = performance.now();
  const seen = await play({
    ...cell,
    id,
    gatewayUrl,
    model: aliasOf(providerOf(cell.fault), cell.targets),
    leave: script?.leaves === undefined ? new Promise(() => {}) : faulty.reached(id),
    leavesWithContent: script?.leaves === "after_content" && isStream(cell.surface),
    isSlow: script?.isSlowClient ?? false,
    choices: script?.choices,
    // That is one cell's end, and not the end of all.
  }).catch((thrown) => `not opened: ${thrown}`);
  const elapsedMs = Math.round(performance.now() - startedMs);
  await faulty.ended(id);
  const logged = await log.call(cell, id);
  const upstream = faulty.endsOf(id).join("+") || "-";
  return { ...cell, seen, ...logged, upstream, elapsedMs };
}
