/** The processes of the comparison, and what each of them takes of the processors (Linux). */

import { fileURLToPath } from "node:url";
import { cpuMicroseconds } from "../tests/soak/process.ts";
import { commandLine } from "../tests/support/program.ts";
import type { Work } from "./workers_work.ts";

const FOLDER = fileURLToPath(new URL("../dist/bench", import.meta.url));
const CONNECTIONS = 50;
const START_TIMEOUT_MS = 30_000;
const LOOK_AGAIN_MS = 20;

/** Limits so high that nothing is refused, and asked all the same. */
const LIMITS = {
  RATE_LIMIT_V1_MAX_REQUESTS: "1000000",
  RATE_LIMIT_V1_WINDOW_MS: "10000",
  RATE_LIMIT_MAX_REQUESTS: "1000000",
  RATE_LIMIT_INFERENCE_MAX_REQUESTS: "1000000",
  MAX_CONCURRENT_REQUESTS: "10000",
};

/** Weir as it is compared, and how many processors it shares with its load and its upstream. */
export interface Setup {
  readonly name: string;
  readonly processes: number;
  /** Of each process. */
  readonly workers: number;
  readonly processors: number;
}

/** Processes that listen on one port. */
export interface Server {
  readonly port: number;
  /** Microseconds on a processor since the start. */
  cpuUs(): Promise<number>;
  stop(): Promise<void>;
}

/** Builds the upstream, which costs less than any proxy. */
export async function prepare(): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  const source = fileURLToPath(new URL("peers/native/upstream.c", import.meta.url));
  await run(["gcc", "-O2", "-o", `${FOLDER}/upstream`, source]);
}

export async function startUpstream({ answer }: Work, setup: Setup): Promise<Server> {
  const port = freePort();
  const answerPath = `${FOLDER}/answer-${port}`;
  await Deno.writeTextFile(answerPath, answer);
  const args = pinned(setup, [`${FOLDER}/upstream`, String(port), answerPath]);
  return await serving(port, [new Deno.Command("taskset", { args, stdin: "null" })]);
}

export async function startWeir(
  work: Work,
  setup: Setup,
  upstreamPort: number,
): Promise<Server> {
  const { processes, workers } = setup;
  const port = freePort();
  const { program, args, ...line } = commandLine({
    env: {
      HOST: "127.0.0.1",
      PORT: String(port),
      REUSE_PORT: processes > 1 ? "on" : "off",
      WORKERS: String(workers),
      ...LIMITS,
      ...work.env(upstreamPort),
    },
  });
  const command = new Deno.Command("taskset", {
    ...line,
    args: pinned(setup, [program, ...args]),
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  });
  return await serving(port, Array.from({ length: processes }, () => command));
}

async function serving(port: number, commands: readonly Deno.Command[]): Promise<Server> {
  const children = commands.map((command) => command.spawn());
  async function stop(): Promise<void> {
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(children.map(({ status }) => status));
  }
  try {
    await listening(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    port,
    async cpuUs() {
      const each = await Promise.all(children.map(({ pid }) => cpuMicroseconds(pid)));
      return each.reduce((sum, us) => sum + us, 0);
    },
    stop,
  };
}

/** Arguments of `taskset`. */
function pinned({ processors }: Setup, command: readonly string[]): string[] {
  return ["-c", `0-${processors - 1}`, ...command];
}

/** What the calls of one run cost, and whom. */
export interface Load {
  readonly calls: number;
  readonly seconds: number;
  /** Microseconds on a processor of the program that makes the calls. */
  readonly cpuUs: number;
}

/** Calls from 50 connections, each as soon as the last is answered. Throws where any of them failed. */
export async function load(
  { path, body }: Work,
  setup: Setup,
  port: number,
  seconds: number,
): Promise<Load> {
  const script = `${FOLDER}/calls.lua`;
  await Deno.writeTextFile(script, scriptFor(body));
  const url = `http://127.0.0.1:${port}${path}`;
  const output = await run([
    ...["bash", "-c", 'TIMEFORMAT="cpu %U %S"; time taskset "$@" 2>&1', "bash"],
    ...pinned(setup, ["wrk", "-t1", `-c${CONNECTIONS}`, `-d${seconds}s`, "--timeout=30s"]),
    ...["-s", script, url],
  ]);
  const [, calls, us, failed] = /^answered (\d+) in (\d+) us, failed (\d+)$/m.exec(output) ?? [];
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(output) ?? [];
  if (failed !== "0") throw new Error(`Calls of ${url} failed:\n${output}`);
  return {
    calls: Number(calls),
    seconds: Number(us) / 1e6,
    cpuUs: (Number(user) + Number(system)) * 1e6,
  };
}

function scriptFor(body: string): string {
  return `wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
wrk.body = [==[${body}]==]
function done(summary)
  local e = summary.errors
  local failed = e.connect + e.read + e.write + e.status + e.timeout
  print(string.format("answered %d in %d us, failed %d", summary.requests, summary.duration, failed))
end
`;
}

/** What a program printed, on standard output and then on standard error. */
async function run([program = "", ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`${program} failed:\n${output}`);
  return output;
}

async function listening(port: number): Promise<void> {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

/** A port that nothing listens on. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
