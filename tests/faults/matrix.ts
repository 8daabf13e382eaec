/** Plays faults through the surfaces of running gateways and says what became of each call. */

import { type Program, startProgram } from "../support/program.ts";
import { type FaultProvider, HEALTHY_MODEL, startFaultProvider } from "./fault_provider.ts";
import { FAULT_SCRIPTS } from "./fault_scripts.ts";
import { LoggedCalls } from "./logged_calls.ts";
import { play } from "./matrix_clients.ts";
import {
  failingFormat,
  type FormatName,
  isStream,
  isUnreachable,
  type PlannedCell,
  TARGETS,
  type Targets,
  UNREACHABLE,
} from "./matrix_plan.ts";

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
const WAITS = /^(?:connect_stall|stall_|silence_)/;

/** The upstream that has an address, and fails as it is told. */
const FAULTY = "faulty";

/** Plays these calls; what became of them is in the same order. */
export async function playMatrix(cells: readonly PlannedCell[]): Promise<readonly MatrixCell[]> {
  await using faulty = startFaultProvider();
  await using healthy = startFaultProvider(true);
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await using plain = startPlainServer();
  using closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const refusedPort = closed.addr.port;
  closed.close();
  const addresses: Readonly<Record<string, string>> = {
    faulty: faulty.baseUrl,
    healthy: healthy.baseUrl,
    refused: `http://127.0.0.1:${refusedPort}/v1`,
    // A name that can be none: of any other, a machine without a resolver knows nothing for sure.
    dns_failure: "http://-.invalid/v1",
    tls_failure: `https://127.0.0.1:${plain.addr.port}/v1`,
    connect_stall: `https://127.0.0.1:${silent.addr.port}/v1`,
  };
  const gateways = new Map<string, Program>();
  const log = new LoggedCalls();
  await using stack = new AsyncDisposableStack();
  await Promise.all([...new Set(cells.map(gatewayOf))].map(async (name) => {
    gateways.set(name, stack.use(await startGateway(addresses, name, log)));
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

/** The upstream that fails. */
function providerOf(fault: string): string {
  return isUnreachable(fault) ? fault : FAULTY;
}

/** Anthropic's API has one address in each gateway, and so have those of Google, Bedrock and Ollama. */
function gatewayOf({ fault, targets }: PlannedCell): string {
  return failingFormat(targets) === "chat" ? FAULTY : providerOf(fault);
}

/** Speaks no TLS, and says so in plain text as web servers do. */
function startPlainServer(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("This is no TLS", { status: 400 }),
  );
}

/** A gateway that finds Anthropic's API where the upstream of that name is. */
async function startGateway(
  addresses: Readonly<Record<string, string>>,
  name: string,
  log: LoggedCalls,
): Promise<Program> {
  const providers = Object.entries(addresses)
    .map(([provider, address]) => [`UPSTREAM_${provider.toUpperCase()}_BASE_URL`, address]);
  return await startProgram({
    onLine: (line) => log.take(line),
    env: {
      ...SETTINGS,
      ...Object.fromEntries(providers),
      DEFAULT_UPSTREAM: FAULTY,
      ANTHROPIC_API_KEY: "sk-ant-of-the-matrix",
      ANTHROPIC_BASE_URL: addresses[name] ?? "",
      AWS_BEARER_TOKEN_BEDROCK: "key-of-bedrock-in-the-matrix",
      BEDROCK_BASE_URL: addresses[name] ?? "",
      OLLAMA_HOST: addresses[name] ?? "",
      CHATJIMMY_BASE_URL: addresses[name] ?? "",
      UPSTREAM_RESPONDING_BASE_URL: addresses[name] ?? "",
      UPSTREAM_RESPONDING_FORMATS: "responses",
      GEMINI_API_KEY: "AIza-of-the-matrix",
      GEMINI_BASE_URL: addresses[name] ?? "",
      MODEL_ALIASES: aliases().join(),
    },
  });
}

const HEALTHY_TARGETS = {
  chat: "healthy/m",
  messages: `anthropic/${HEALTHY_MODEL}`,
  responses: "",
  converse: "",
  text: "",
  ollama: `ollama/${HEALTHY_MODEL}`,
  gemini: `gemini/${HEALTHY_MODEL}`,
} as const;

/** A name for each list of targets, behind the name of the upstream that fails. */
function aliases(): string[] {
  return [FAULTY, ...UNREACHABLE].flatMap((name) => {
    const failing = {
      chat: `${name}/m`,
      messages: "anthropic/m",
      gemini: "gemini/m",
      converse: "bedrock/m",
      ollama: "ollama/m",
      responses: "responding/m",
      text: "chatjimmy/m",
    };
    return TARGETS.map((targets) => {
      const [, second] = targets.split(", ") as FormatName[];
      const list = [
        failing[failingFormat(targets)],
        ...(second === undefined ? [] : [HEALTHY_TARGETS[second]]),
      ];
      return `${aliasOf(name, targets)}=${list.join("|")}`;
    });
  });
}

function aliasOf(name: string, targets: Targets): string {
  return `${name}-${targets.replace(", ", "-")}`;
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
