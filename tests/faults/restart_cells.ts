/**
 * The fault that is none of an upstream: Weir itself is stopped under load, and a new process takes over on
 * its port. Clients that are turned away meanwhile try again, as the SDKs do by themselves.
 *
 * @module
 */

import { type Program, startProgram } from "../support/program.ts";
import type { FaultScript } from "./fault_script.ts";
import { FAULT_SCRIPTS } from "./fault_scripts.ts";
import { type FaultProvider, startFaultProvider } from "./fault_provider.ts";
import { type LoggedCall, LoggedCalls } from "./logged_calls.ts";
import type { MatrixCell } from "./matrix.ts";
import { play } from "./matrix_clients.ts";
import {
  failingFormat,
  type PlannedCell,
  RESTART,
  restartPlan,
  TARGETS,
  type Targets,
} from "./matrix_plan.ts";

/** For each cell, the answers that have begun when the stop signal comes. */
const LIVE_CALLS = 10;
/** The new process must listen before the old one stops to. */
const READINESS_DELAY_MS = 3_000;
/** They end when the old process has closed its listener. */
const LIVE_MS = 5_000;
/** Of one client, between its calls and between its tries. */
const PAUSE_MS = 30;
const MAX_TRIES = 200;

const LIVE: FaultScript = {
  steps: ({ head, opening, content, ending }) => [
    head + opening + content,
    { pauseMs: LIVE_MS },
    ending,
  ],
};

/** What a client saw of one call, at the last try. */
interface Played extends PlannedCell {
  readonly id: string;
  readonly seen: string;
  readonly elapsedMs: number;
}

/** A cell for each surface, which says what became of all its calls, and how long the longest one took. */
export async function playRestart(): Promise<readonly MatrixCell[]> {
  await using provider = startFaultProvider(false, { ...FAULT_SCRIPTS, [RESTART]: LIVE });
  const log = new LoggedCalls();
  await using old = await startGateway(provider, "0", log);
  const port = new URL(old.url).port;
  const cells = restartPlan();
  const ids = cells.map(() => Array.from({ length: LIVE_CALLS }, () => crypto.randomUUID()));
  const live = cells.flatMap((cell, index) =>
    (ids[index] ?? []).map((id) => playCall(cell, RESTART, old.url, id))
  );
  await Promise.all(ids.flat().map((id) => provider.reached(id)));
  let isOver = false;
  const exited = old.exited.finally(() => isOver = true);
  old.signal("SIGTERM");
  const starting = startGateway(provider, port, log);
  const played: Played[] = [];
  await Promise.all(cells.map(async (cell) => {
    while (!isOver) {
      played.push(await playUntilTaken(cell, old.url));
      await pause();
    }
  }));
  await using _next = await starting;
  played.push(...await Promise.all(live));
  const { code } = await exited;
  if (code !== 0) throw new Error(`The old process ended with ${code}:\n${old.output()}`);
  const ended = await Promise.all(
    played.map(async (call) => ({ ...call, logged: await log.call(call, call.id) })),
  );
  return cells.map((cell) => {
    const isOfCell = ({ surface, targets }: Played): boolean =>
      surface === cell.surface && targets === cell.targets;
    return sumUp(cell, ended.filter(isOfCell), provider);
  });
}

function startGateway(
  provider: FaultProvider,
  port: string,
  log: LoggedCalls,
): Promise<Program> {
  return startProgram({
    onLine: (line) => log.take(line),
    env: {
      PORT: port,
      REUSE_PORT: "on",
      MAX_CONCURRENT_REQUESTS: "10000",
      READINESS_DELAY_MS: String(READINESS_DELAY_MS),
      UPSTREAM_FIRST_BASE_URL: provider.baseUrl,
      UPSTREAM_SECOND_BASE_URL: provider.baseUrl,
      DEFAULT_UPSTREAM: "first",
      ANTHROPIC_API_KEY: "sk-ant-of-the-restart",
      ANTHROPIC_BASE_URL: provider.baseUrl,
      MODEL_ALIASES: TARGETS.filter(isPlayed).map((targets) =>
        `${aliasOf(targets)}=${modelsOf(targets)}`
      ).join(),
      RATE_LIMIT_MAX_REQUESTS: "0",
      RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
      RATE_LIMIT_V1_MAX_REQUESTS: "0",
      WS_CONNECTIONS_PER_MINUTE: "0",
    },
  });
}

/** All of them are healthy. */
const MODELS = {
  chat: ["first/m", "second/m"],
  messages: ["anthropic/m", "anthropic/n"],
} as const;

/** Those of the plan. */
type PlayedFormat = keyof typeof MODELS;

function isPlayed(targets: Targets): boolean {
  return Object.hasOwn(MODELS, failingFormat(targets));
}

function modelsOf(targets: Targets): string {
  const formats = targets.split(", ") as PlayedFormat[];
  return formats.map((format, index) => MODELS[format][index]).join("|");
}

function aliasOf(targets: Targets): string {
  return targets.replace(", ", "-");
}

async function playCall(
  cell: PlannedCell,
  fault: string,
  gatewayUrl: string,
  id: string,
): Promise<Played> {
  const startedMs = performance.now();
  const seen = await play({
    gatewayUrl,
    surface: cell.surface,
    fault,
    id,
    targets: cell.targets,
    model: aliasOf(cell.targets),
    leave: new Promise(() => {}),
    leavesWithContent: false,
    isSlow: false,
    choices: undefined,
  });
  return { ...cell, id, seen, elapsedMs: Math.round(performance.now() - startedMs) };
}

/** Tries again where nobody took the call: the connection broke, or a stopping process refused it. */
async function playUntilTaken(cell: PlannedCell, gatewayUrl: string): Promise<Played> {
  for (let tries = 1;; tries++) {
    try {
      const played = await playCall(cell, "none", gatewayUrl, crypto.randomUUID());
      if (!/^(?:broken|closed|503 internal)$/.test(played.seen)) return played;
      if (tries === MAX_TRIES) return played;
    } catch (thrown) {
      // An upgrade that came to nothing.
      if (tries === MAX_TRIES) throw thrown;
    }
    await pause();
  }
}

async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

/** All that any of the calls had; one word of each kind, where it was the same for all. */
function sumUp(
  cell: PlannedCell,
  played: readonly (Played & { readonly logged: LoggedCall })[],
  provider: FaultProvider,
): MatrixCell {
  const all = (words: readonly string[]): string => [...new Set(words)].sort().join(" or ");
  return {
    ...cell,
    seen: all(played.map(({ seen }) => seen)),
    outcome: all(played.map(({ logged }) => logged.outcome)),
    attempts: Math.max(...played.map(({ logged }) => logged.attempts)),
    upstream: all(played.map(({ id }) => provider.endsOf(id).join("+"))),
    elapsedMs: Math.max(...played.map(({ elapsedMs }) => elapsedMs)),
  };
}
