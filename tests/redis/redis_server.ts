/**
 * Debian's Redis, a process of its own with nothing in it.
 *
 * @module
 */

import { Redis } from "ioredis";
import { type WorkingDirectory, workingDirectory } from "../support/working_directory.ts";

const PROGRAM = "/usr/bin/redis-server";
/** Below those that systems give to outgoing connections, one of which might take it while Redis is dead. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;
const START_TIMEOUT_MS = 60_000;

/** A running server; `await using` ends it with the test. */
export interface RedisServer extends AsyncDisposable {
  readonly port: number;
  /** Where it works. */
  readonly directory: string;
  /** For `RATE_LIMIT_STORE`. */
  readonly url: string;
  /** A client of the test's own. */
  readonly client: Redis;
  /** Stops it without a word, or where it stands: SIGSTOP, until SIGCONT. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** As when its machine fails; resolves when it is dead, and all it held with it. */
  kill(): Promise<void>;
  /** Starts it again on the same port; resolves when it takes connections. */
  restart(): Promise<void>;
}

/** @param settings Of redis.conf; PORT stands for the port. `files` are in its working directory. */
export async function startRedis(
  settings: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
): Promise<RedisServer> {
  await Deno.stat(PROGRAM).catch((cause) => {
    const remedy = "apt-get install --no-install-recommends redis-server";
    throw new Error(`There is no ${PROGRAM}; install it with "${remedy}"`, { cause });
  });
  const directory = await workingDirectory(files);
  const port = await startSomewhere(directory, settings);
  let { child } = port;
  // It waits so long for a connection to end, also for one that has.
  const disconnectTimeout = 1;
  const client = new Redis({
    host: "127.0.0.1",
    port: port.number,
    lazyConnect: true,
    disconnectTimeout,
  });
  client.on("error", () => {}); // Tests see what they ask for fail.
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await child.status;
  };
  return {
    port: port.number,
    directory: directory.path,
    url: `redis://127.0.0.1:${port.number}`,
    client,
    signal: (name) => child.kill(name),
    kill,
    restart: async () => {
      const started = await start(directory, port.number, settings);
      if (started === undefined) throw new Error("Redis does not start again");
      child = started;
    },
    [Symbol.asyncDispose]: async () => {
      client.disconnect();
      await kill().catch(() => {}); // It may be dead.
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function startSomewhere(directory: WorkingDirectory, settings: readonly string[]) {
  for (let attempt = 0; attempt < 10; attempt++) {
    const number = FIRST_PORT + Math.floor(Math.random() * PORTS);
    const child = await start(directory, number, settings);
    if (child !== undefined) return { number, child };
  }
  throw new Error("Redis does not start");
}

/** `undefined` where it ended at once, which it does where the port is taken. */
async function start(
  { path }: WorkingDirectory,
  port: number,
  settings: readonly string[],
): Promise<Deno.ChildProcess | undefined> {
  const ports = settings.includes("--tls-port") ? [] : ["--port", `${port}`];
  const child = new Deno.Command(PROGRAM, {
    args: [
      ...["--bind", "127.0.0.1", "--dir", path, "--save", "", "--appendonly", "no"],
      ...ports,
      ...settings.map((setting) => setting === "PORT" ? `${port}` : setting),
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), START_TIMEOUT_MS);
  const isReady = await readUntil(child.stdout, "Ready to accept connections");
  clearTimeout(timer);
  return isReady ? child : undefined;
}

/** Reads on to the end, so that the program never waits for its reader. */
function readUntil(stream: ReadableStream<Uint8Array>, word: string): Promise<boolean> {
  return new Promise((resolve) => {
    let text = "";
    stream.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write: (chunk) => {
          text = (text + chunk).slice(-10_000);
          if (text.includes(word)) resolve(true);
        },
        close: () => resolve(false),
      }),
    ).catch(() => resolve(false));
  });
}
