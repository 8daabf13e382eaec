/**
 * Debian's Postgres, a process of its own with nothing in it. It refuses to run as root, so it is run as the
 * user that its package makes.
 *
 * @module
 */

import postgres from "postgres";

const FOLDER = "/usr/lib/postgresql";
const USER = "postgres";
/** Below those that systems give to outgoing connections, one of which might take it while Postgres is dead. */
const FIRST_PORT = 20_000;
const PORTS = 10_000;
const READY = "ready to accept connections";

/** A running server; `await using` ends it with the test. */
export interface PostgresServer extends AsyncDisposable {
  /** Makes an empty database, and says its address for `STATE`. */
  database(): Promise<string>;
  /** Stops it where it stands, or lets it go on. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  /** As when its machine fails. */
  kill(): Promise<void>;
  /** On the same port, with what it had. */
  restart(): Promise<void>;
}

async function programs(): Promise<string> {
  const versions = await Array.fromAsync(Deno.readDir(FOLDER)).catch((cause) => {
    const remedy = "apt-get install --no-install-recommends postgresql";
    throw new Error(`There is no ${FOLDER}; install it with "${remedy}"`, { cause });
  });
  const newest = versions.map(({ name }) => name).sort((left, right) =>
    Number(right) - Number(left)
  );
  return `${FOLDER}/${newest[0]}/bin`;
}

/** What makes the rest of a command run as somebody who is not root. */
function asUser(): readonly string[] {
  if (Deno.uid() !== 0) return [];
  return ["setpriv", `--reuid=${USER}`, `--regid=${USER}`, "--clear-groups"];
}

function freePort(): number {
  while (true) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}

async function run(folder: string, ...words: readonly string[]): Promise<void> {
  const [program = "", ...args] = words;
  const { success, stderr } = await new Deno.Command(program, {
    args,
    cwd: folder,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(`${words.join(" ")}: ${new TextDecoder().decode(stderr)}`);
}

async function start(folder: string, port: number): Promise<Deno.ChildProcess> {
  const settings = [
    "listen_addresses=127.0.0.1",
    `port=${port}`,
    "unix_socket_directories=",
    "fsync=off",
    "max_connections=40",
  ];
  const [program = "", ...args] = [
    ...asUser(),
    `${await programs()}/postgres`,
    "-D",
    `${folder}/data`,
    ...settings.flatMap((setting) => ["-c", setting]),
  ];
  const options = { args, cwd: folder, stdout: "null", stderr: "piped" } as const;
  const child = new Deno.Command(program, options).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let text = ""; !text.includes(READY);) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`Postgres does not start: ${text}`);
    text += value;
  }
  // What it goes on to say is read, so that it can say it.
  void (async () => {
    while (!(await reader.read()).done);
  })();
  return child;
}

export async function startPostgres(): Promise<PostgresServer> {
  const folder = await Deno.makeTempDir({ prefix: "weir-postgres-" });
  if (Deno.uid() === 0) await run(folder, "chown", USER, folder);
  await run(
    folder,
    ...asUser(),
    `${await programs()}/initdb`,
    ...["-D", `${folder}/data`, "-U", "weir", "--auth=trust", "--encoding=UTF8", "--no-sync"],
  );
  const port = freePort();
  let child = await start(folder, port);
  const addressOf = (name: string): string => `postgres://weir:secret@127.0.0.1:${port}/${name}`;
  let databases = 0;
  const end = async (name: Deno.Signal): Promise<void> => {
    child.kill(name);
    await child.status;
  };
  return {
    database: async () => {
      const name = `weir_${++databases}`;
      const sql = postgres(addressOf("postgres"), { max: 1, onnotice: () => {} });
      await sql.unsafe(`CREATE DATABASE ${name}`);
      await sql.end();
      return addressOf(name);
    },
    signal: (name) => child.kill(name),
    // At once, without the processes of its connections staying behind.
    kill: () => end("SIGQUIT"),
    restart: async () => {
      child = await start(folder, port);
    },
    [Symbol.asyncDispose]: async () => {
      await end("SIGQUIT").catch(() => {}); // It may be dead.
      await Deno.remove(folder, { recursive: true });
    },
  };
}
