/** The processes of the comparison, and what each of them takes of the processors (Linux). */

import { cpuMicroseconds } from "../tests/soak/process.ts";
import { commandLine } from "../tests/support/program.ts";
import { type Answered, readAnswered, wrkCommand } from "./peers/load/wrk.ts";
import { freePort, listening } from "./peers/pinned_process.ts";
import { WORK_FOLDER, writeWorkFile } from "./peers/work_folder.ts";
import type { Work } from "./workers_work.ts";

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

export async function startProvider({ answer }: Work, setup: Setup): Promise<Server> {
  const port = freePort();
  const answerPath = await writeWorkFile(`answer-${port}`, answer);
  const args = pinned(setup, [`${WORK_FOLDER}/upstream`, String(port), answerPath]);
  return await serving(port, [new Deno.Command("taskset", { args, stdin: "null" })]);
}

export async function startWeir(
  work: Work,
  setup: Setup,
  providerPort: number,
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
      ...work.env(providerPort),
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
export interface Load extends Answered {
  /** Microseconds on a processor of the program that makes the calls. */
  readonly cpuUs: number;
}

/** Throws where any call failed. */
export async function load(
  { path, body }: Work,
  setup: Setup,
  port: number,
  seconds: number,
): Promise<Load> {
  const calls = { url: `http://127.0.0.1:${port}${path}`, headers: [], body };
  const output = await run([
    ...["bash", "-c", 'TIMEFORMAT="cpu %U %S"; time taskset "$@" 2>&1', "bash"],
    ...pinned(setup, await wrkCommand(calls, seconds)),
  ]);
  const [, user, system] = /^cpu ([\d.]+) ([\d.]+)$/m.exec(output) ?? [];
  return { ...readAnswered(output, calls), cpuUs: (Number(user) + Number(system)) * 1e6 };
}

/** What a program printed, on standard output and then on standard error. */
async function run([program = "", ...args]: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args }).output();
  const output = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  if (!success) throw new Error(`${program} failed:\n${output}`);
  return output;
}
