/** The gateway of the soak: its log goes into the books, and its configuration changes all the time. */

import { hashOf } from "../../src/access/keys/key_form.ts";
import { eachLine } from "../support/each_line.ts";
import { commandLine } from "../support/program.ts";
import { workingDirectory } from "../support/working_directory.ts";
import type { Ledger, LogLine } from "./ledger.ts";
import type { SoakProviders } from "./upstreams.ts";

export const KEY = "weir-soak-key";
/** Of a client that may ask for little. */
export const LIMITED_KEY = "weir-soak-limited-key";
const LIMIT_PER_SECOND = 8;
const START_TIMEOUT_MS = 60_000;
/** Idle connections to upstreams close by themselves after that long. */
export const IDLE_CONNECTION_MS = 500;

/** Of every gateway of the soak. */
export const SETTINGS = {
  HOST: "127.0.0.1",
  PORT: "0",
  PROXY_API_KEY: KEY,
  DEFAULT_UPSTREAM: "steady",
  MODEL_ALIASES: "steady=steady/m,faulty=faulty/m,both=faulty/m|steady/m",
  CONNECT_TIMEOUT_MS: "1000",
  FIRST_BYTE_TIMEOUT_MS: "1000",
  FIRST_CONTENT_TIMEOUT_MS: "1200",
  IDLE_TIMEOUT_MS: "1200",
  FINISH_TIMEOUT_MS: "200",
  MAX_RETRIES: "1",
  BASE_RETRY_DELAY: "0.01",
  RETRY_BUDGET: "1",
  COOLDOWN_DURATION_MS: "300",
  MAX_EVENT_BYTES: "65536",
  MAX_RESPONSE_BYTES: "2000000",
  IDLE_CONNECTION_MS: String(IDLE_CONNECTION_MS),
  RATE_LIMIT_WINDOW_MS: "1000",
  RATE_LIMIT_V1_WINDOW_MS: "1000",
  RATE_LIMIT_MAX_REQUESTS: "0",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "0",
  RATE_LIMIT_V1_MAX_REQUESTS: "0",
  WS_CONNECTIONS_PER_MINUTE: "0",
  MAX_QUEUED_REQUESTS: "8",
  QUEUE_TIMEOUT_MS: "2000",
} as const;

export interface SoakGateway extends AsyncDisposable {
  readonly url: string;
  readonly pid: number;
  /** Puts another configuration into force, a bad one now and then. */
  reload(round: number): Promise<void>;
  /** Lines of the log that are about no call, by message. */
  readonly otherLines: ReadonlyMap<string, number>;
  /** Lines that no log should have. */
  readonly bugs: readonly string[];
  stop(): Promise<number>;
}

export async function startGateway(providers: SoakProviders, ledger: Ledger): Promise<SoakGateway> {
  const directory = await workingDirectory({ "weir.jsonc": configOf(0) });
  const { program, args, env, cwd } = commandLine({
    cwd: directory.path,
    env: {
      // Full within moments: what is kept of calls is bounded, and grows no more then.
      LEDGER_MAX_CALLS_IN_MEMORY: "100",
      ...SETTINGS,
      UPSTREAM_STEADY_BASE_URL: providers.steady,
      UPSTREAM_FAULTY_BASE_URL: providers.faulty,
    },
  });
  const child = new Deno.Command(program, {
    args,
    env,
    cwd,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { otherLines, bugs, read } = readerOfLog(ledger);
  const reading = eachLine(child.stdout, read);
  const address = Promise.withResolvers<string>();
  const readingMessages = eachLine(child.stderr, (text) => {
    const [, found] = /(http:\/\/127\.0\.0\.1:\d+)/.exec(text) ?? [];
    if (found !== undefined) address.resolve(found);
    if (/Uncaught|panicked|rror:/.test(text)) bugs.push(text);
  });
  const timer = setTimeout(
    () => address.reject(new Error("The gateway did not start in time")),
    START_TIMEOUT_MS,
  );
  const url = await address.promise.finally(() => clearTimeout(timer));
  const stop = async (): Promise<number> => {
    try {
      child.kill("SIGTERM");
    } catch {
      // It was stopped before.
    }
    const { code } = await child.status;
    await Promise.all([reading, readingMessages]);
    return code;
  };
  return {
    url,
    pid: child.pid,
    otherLines,
    bugs,
    reload: async (round) => {
      await Deno.writeTextFile(`${directory.path}/weir.jsonc`, configOf(round));
      child.kill("SIGHUP");
    },
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What is planted may be told of as an error. */
const EXPECTED = ["reload refused"];

/** Whether a line is the one outcome of a request that the soak has made. */
export function isOfSoak({ message, request_id }: LogLine): boolean {
  return (message === "call" || message === "request") && request_id.startsWith("soak-");
}

export interface LogReader {
  /** Lines that are about no call, by message. */
  readonly otherLines: ReadonlyMap<string, number>;
  /** Lines that no log should have. */
  readonly bugs: string[];
  read(text: string): void;
}

/** Sorts the lines of a log: those of the soak's own calls go into the ledger. */
export function readerOfLog(ledger: Ledger, expected = EXPECTED): LogReader {
  const otherLines = new Map<string, number>();
  const bugs: string[] = [];
  const read = (text: string): void => {
    const line: LogLine & { readonly level: string } = JSON.parse(text);
    const { message, level } = line;
    if (message === "unhandled" || (level === "ERROR" && !expected.includes(message))) {
      bugs.push(text);
    }
    if (isOfSoak(line)) {
      ledger.line(line);
    } else {
      otherLines.set(message, (otherLines.get(message) ?? 0) + 1);
    }
  };
  return { otherLines, bugs, read };
}

/** Every fourth is not valid and must change nothing. */
export function configOf(round: number): string {
  if (round % 4 === 3) return '{ "server": { "port": -1 } ';
  return JSON.stringify({
    server: { environment: `round-${round}` },
    auth: {
      keys: [{
        name: "limited",
        hash: hashOf(LIMITED_KEY),
        limits: {
          v1: LIMIT_PER_SECOND,
          service: LIMIT_PER_SECOND,
          inference: LIMIT_PER_SECOND,
          websocket: 0,
        },
      }],
    },
    hedge: { enabled: round % 2 === 0 ? "on" : "off" },
    concurrency: { maxCalls: 30 + (round % 3) * 10 },
    relay: { keepAliveIntervalMs: 500 + round % 7 },
    prices: { models: [{ model: "*", input: 1, output: 3 }] },
  });
}
