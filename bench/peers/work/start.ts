/** What the executable file costs before it has anything to do. */

import { fileURLToPath } from "node:url";
import { embeddedBytes } from "../../../tests/binary/embedded_bytes.ts";
import { binaryPath } from "../../../tests/support/program.ts";
import { freePort, type PinnedProcess, SERVER_CORE, startPinned } from "../pinned_process.ts";
import type { ServerKind } from "../servers/server.ts";
import { WORK_FOLDER } from "../work_folder.ts";
import { type Figures, plain, type WorkItem } from "./work_item.ts";

const HELLO = fileURLToPath(new URL("../servers/hello.ts", import.meta.url));
const HELLO_BINARY = `${WORK_FOLDER}/hello`;
const OUTPUT = `${WORK_FOLDER}/start.log`;
const START_TIMEOUT_MS = 60_000;
const IDLE_MS = 1_000;
const LOOK_AGAIN_MS = 1;
const MEBIBYTE = 1024 ** 2;

/** They are started by this kind of work itself. */
function program(name: string, what: string): ServerKind {
  return {
    name,
    what,
    start: () => Promise.reject(new Error(`${name} is not in front of anything`)),
  };
}

export const start: WorkItem = {
  name: "start",
  title: "The executable file",
  note: "`Deno.serve` is a program of one line, compiled by the same runtime.",
  servers: [program("Weir", "`dist/weir`"), program("Deno.serve", "one line")],
  measures: [
    plain("start", "ms to the first answer", 1),
    plain("memory", "MiB idle", 1),
    plain("file", "MiB of the file", 1),
    plain("embedded", "MiB of them embedded", 2),
  ],
  async start() {
    if (binaryPath === undefined) throw new Error("Set WEIR_BINARY to the compiled program");
    await compileHello();
    const paths: Readonly<Record<string, string>> = {
      "Weir": binaryPath,
      "Deno.serve": HELLO_BINARY,
    };
    return {
      measure: (name) => measure(paths[name] ?? ""),
      stop: () => Promise.resolve(),
    };
  },
};

/** By the compiler of `DENO_COMPILE`, where it cannot fetch what it needs, else this one. */
async function compileHello(): Promise<void> {
  const compiler = Deno.env.get("DENO_COMPILE") ?? Deno.execPath();
  const script =
    'cd "$2" && exec "$0" compile --quiet --no-check --no-config --allow-net --allow-env --output hello "$1"';
  const { success, stderr } = await new Deno.Command("bash", {
    args: ["-c", script, compiler, HELLO, WORK_FOLDER],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

async function measure(path: string): Promise<Figures> {
  const port = freePort();
  const beganMs = performance.now();
  const process = startPinned({
    command: [path],
    core: SERVER_CORE,
    env: { HOST: "127.0.0.1", PORT: String(port) },
    cwd: WORK_FOLDER,
    outputPath: OUTPUT,
  });
  try {
    await answered(`http://127.0.0.1:${port}/healthz`, { process, path });
    const start = performance.now() - beganMs;
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
    return {
      start,
      memory: await process.residentBytes() / MEBIBYTE,
      file: (await Deno.stat(path)).size / MEBIBYTE,
      embedded: (await embeddedBytes(path)).length / MEBIBYTE,
    };
  } finally {
    await process.stop();
  }
}

/** Throws where a program ends instead, such as one that was compiled for another runtime, or is too slow. */
async function answered(
  url: string,
  { process, path }: { readonly process: PinnedProcess; readonly path: string },
): Promise<void> {
  const giveUp = AbortSignal.timeout(START_TIMEOUT_MS);
  const ended = new AbortController();
  void process.exited.then((code) => ended.abort(`it ended with ${code}`));
  const signal = AbortSignal.any([giveUp, ended.signal]);
  while (!signal.aborted) {
    try {
      const response = await fetch(url, { signal });
      await response.body?.cancel();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }
  throw new Error(`${path} did not start: ${signal.reason}; see ${OUTPUT}`);
}
