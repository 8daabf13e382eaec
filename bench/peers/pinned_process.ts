/** Processes that may run on one processor only. */

import { cpuMicroseconds, residentBytes } from "../../tests/soak/process.ts";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const LOOK_AGAIN_MS = 20;

/** The processor of the server that is measured, and that of everything else. */
export const SERVER_CORE = 0;
export const LOAD_CORE = 1;

export interface ProcessOptions {
  readonly command: readonly string[];
  readonly core: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that standard output and standard error are appended to. */
  readonly outputPath: string;
}

/** A process and its children. */
export interface PinnedProcess {
  /** Microseconds on a processor since the start. */
  cpuUs(): Promise<number>;
  residentBytes(): Promise<number>;
  /** Resolves with its exit code once it has ended. */
  readonly exited: Promise<number>;
  /** Resolves once there are no more processes. */
  stop(): Promise<void>;
}

/** 0 to 20, or before everything that is not real-time as well. */
export type Priority = number | "realtime";

/** Lets this process and what it starts go before others on the machine. Needs root. */
export async function goFirst(priority: Priority): Promise<void> {
  // Linux compares processes of one session by niceness, and sessions by that of their group.
  const script = priority === "realtime"
    ? "chrt --rr -p 1 $PPID"
    : `renice -n -${priority} -p $PPID && echo -${priority} >/proc/$PPID/autogroup`;
  const { success, stderr } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  if (!success) throw new Error(`--priority: ${new TextDecoder().decode(stderr)}`);
}

export function startPinned(
  { command, core, env, cwd, outputPath }: ProcessOptions,
): PinnedProcess {
  const script = 'out=$1; shift; exec "$@" >>"$out" 2>&1 </dev/null';
  // It ends with this process, however this one ends.
  const pinned = ["setpriv", "--pdeathsig", "TERM", "taskset", "-c", String(core), ...command];
  const child = new Deno.Command("bash", {
    args: ["-c", script, "bash", outputPath, ...pinned],
    ...(env === undefined ? {} : { env: { ...env } }),
    ...(cwd === undefined ? {} : { cwd }),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let hasEnded = false;
  const exited = child.status.then(({ code }) => {
    hasEnded = true;
    return code;
  });
  async function sum(reading: (pid: number) => Promise<number>): Promise<number> {
    const pids = [child.pid, ...await childrenOf(child.pid)];
    return (await Promise.all(pids.map(reading))).reduce((total, each) => total + each, 0);
  }
  return {
    cpuUs: () => sum(cpuMicroseconds),
    residentBytes: () => sum(residentBytes),
    exited,
    async stop() {
      if (hasEnded) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await child.status;
      clearTimeout(timer);
    },
  };
}

async function childrenOf(pid: number): Promise<number[]> {
  const script = `cat /proc/${pid}/task/*/children`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).split(/\s+/).filter((word) => word !== "").map(Number);
}

/** Resolves once something listens on a port of 127.0.0.1. */
export async function listening(port: number): Promise<void> {
  const giveUpAt = Date.now() + START_TIMEOUT_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (Date.now() > giveUpAt) {
        throw new Error(`Nothing listens on port ${port}`, { cause: error });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
}

/** A port that nothing listens on. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
