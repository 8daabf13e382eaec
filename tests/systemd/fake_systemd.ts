/** What systemd is for a service: a place to be notified at, and an environment. */

import { fileURLToPath } from "node:url";
import { workingDirectory } from "../support/working_directory.ts";

const WAIT_MS = 60_000;

/** One datagram: its assignments, in their order. */
export type Notification = readonly string[];

export interface FakeSystemd extends AsyncDisposable {
  /** Directory of the socket, and of the service while it runs. */
  readonly path: string;
  /** What a service with `Type=notify` and `RuntimeDirectory=` is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** What the program may do here, as it may below `/run` where it is installed. */
  readonly flags: readonly string[];
  readonly received: readonly Notification[];
  /** Resolves with all that has come, once one begins so, so often; rejects after 20 s. */
  notified(beginning: string, count?: number): Promise<readonly Notification[]>;
}

export async function startFakeSystemd(): Promise<FakeSystemd> {
  const directory = await workingDirectory({});
  const { path } = directory;
  await Deno.mkdir(`${path}/runtime`);
  const receiver = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--no-config", "--unstable-net", "--allow-all"],
      ...[fileURLToPath(new URL("receive.ts", import.meta.url)), `${path}/notify`],
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines: Notification[] = [];
  const waiting = new Set<() => void>();
  const isListening = Promise.withResolvers<void>();
  const reading = readLines(receiver.stdout, (line) => {
    const value = JSON.parse(line);
    if (Array.isArray(value)) lines.push(value);
    else isListening.resolve();
    for (const look of waiting) look();
  });
  await isListening.promise;
  return {
    path,
    env: { NOTIFY_SOCKET: `${path}/notify`, RUNTIME_DIRECTORY: `${path}/runtime` },
    flags: [`--allow-write=${path}`],
    received: lines,
    notified: (beginning, count = 1) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`No ${beginning} in time: ${JSON.stringify(lines)}`)),
          WAIT_MS,
        );
        const look = (): void => {
          if (lines.filter(([first = ""]) => first.startsWith(beginning)).length < count) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve([...lines]);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: async () => {
      receiver.kill("SIGKILL");
      await receiver.status;
      await reading;
      await directory[Symbol.asyncDispose]();
    },
  };
}

async function readLines(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line);
  }
}
