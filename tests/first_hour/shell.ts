/** The terminal of somebody who has an empty folder and an empty home. */

/** What tells of a network whose certificates are its own. */
const NETWORK = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_DIR", "SSL_CERT_FILE"];
const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

interface Server {
  readonly child: Deno.ChildProcess;
  readonly ended: Promise<unknown>;
}

export class Shell {
  readonly #path: string;
  readonly #servers: Server[] = [];
  #scripts = 0;

  /** @param path An empty folder. */
  constructor(path: string) {
    this.#path = path;
  }

  /** Puts a clone of the repository there, with what is not committed yet, and a folder for clients beside it. */
  async prepare(root: URL): Promise<void> {
    for (const name of ["home", "weir", "clients"]) await Deno.mkdir(`${this.#path}/${name}`);
    await this.#end(
      this.#start(
        'git ls-files -z --cached --others --exclude-standard | tar -c --null -T - | tar -x -C "$0"',
        root.pathname,
        [`${this.#path}/weir`],
      ),
    );
    // README's clients, whose installation is not README's to tell.
    await this.runBeside("npm install --silent openai @anthropic-ai/sdk @google/genai");
  }

  /** Starts a server in place of the one before; resolves when it listens. */
  async serve(line: string): Promise<string> {
    for (const { child, ended } of this.#servers.splice(0)) {
      await signalGroup(child, "TERM");
      await ended;
    }
    const env = line.startsWith("OPENAI_API_KEY=")
      ? { OPENAI_BASE_URL: await this.#standIn() }
      : {};
    return await this.#listening(line, /listens on http/, env);
  }

  /** Resolves with what a line prints. */
  async run(line: string, input = "", codes: readonly number[] = [0]): Promise<string> {
    return await this.#end(this.#start(line, `${this.#path}/weir`), input, codes);
  }

  /** The same in the folder of the clients. */
  async runBeside(line: string): Promise<string> {
    return await this.#end(this.#start(line, `${this.#path}/clients`));
  }

  /** Ends a line once it has printed something. */
  async runUntil(line: string, pattern: RegExp): Promise<string> {
    const child = this.#start(line, `${this.#path}/weir`);
    const seen = await firstMatch(child, pattern);
    await signalGroup(child, "KILL");
    await child.status;
    return seen;
  }

  async node(program: string): Promise<string> {
    const name = `client${this.#scripts++}.mjs`;
    await Deno.writeTextFile(`${this.#path}/clients/${name}`, program);
    return await this.runBeside(`node ${name}`);
  }

  async close(): Promise<void> {
    for (const { child, ended } of this.#servers.splice(0)) {
      await signalGroup(child, "KILL");
      await ended;
    }
  }

  /** A provider that takes any key. */
  async #standIn(): Promise<string> {
    await this.#listening("npx -y deno@2.9.6 task fake", /listens on http/, {});
    return "http://127.0.0.1:3500/v1";
  }

  async #listening(
    line: string,
    pattern: RegExp,
    env: Readonly<Record<string, string>>,
  ): Promise<string> {
    const child = this.#start(line, `${this.#path}/weir`, [], env);
    const seen = await firstMatch(child, pattern);
    this.#servers.push({ child, ended: child.status });
    return seen;
  }

  #start(
    line: string,
    cwd: string,
    args: readonly string[] = [],
    env: Readonly<Record<string, string>> = {},
  ): Deno.ChildProcess {
    return new Deno.Command("setsid", {
      args: ["bash", "-c", line, ...args],
      cwd,
      clearEnv: true,
      env: {
        ...Object.fromEntries(NETWORK.flatMap((name) => {
          const value = Deno.env.get(name);
          return value === undefined ? [] : [[name, value]];
        })),
        // Deno asks for it where the system's are to hold.
        DENO_TLS_CA_STORE: "system",
        HOME: `${this.#path}/home`,
        PATH: SYSTEM_PATH,
        NO_COLOR: "1",
        ...env,
      },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async #end(
    child: Deno.ChildProcess,
    input = "",
    codes: readonly number[] = [0],
  ): Promise<string> {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input)).catch(() => {});
    await writer.close().catch(() => {});
    const { code, stdout, stderr } = await child.output();
    const text = new TextDecoder().decode(stderr) + new TextDecoder().decode(stdout);
    if (!codes.includes(code)) throw new Error(`${text}\nended with ${code}`);
    return text;
  }
}

/** Resolves with the first line that matches, and reads on, so that the program is never held up. */
async function firstMatch({ stdout, stderr }: Deno.ChildProcess, pattern: RegExp): Promise<string> {
  let text = "";
  const found = Promise.withResolvers<string>();
  const read = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const piece of stream.pipeThrough(new TextDecoderStream())) {
      text = (text + piece).slice(-65_536);
      const line = text.split("\n").find((each) => pattern.test(each));
      if (line !== undefined) found.resolve(line);
    }
  };
  Promise.all([read(stdout), read(stderr)]).then(() =>
    found.reject(new Error(`It ended without ${pattern}:\n${text}`))
  );
  return await found.promise;
}

/** Whoever was started leads a group of its own, since `npx` hands no signal on. */
async function signalGroup({ pid }: Deno.ChildProcess, name: "KILL" | "TERM"): Promise<void> {
  // A group that has ended by itself is none.
  await new Deno.Command("setsid", {
    args: ["kill", "-s", name, "--", `-${pid}`],
    stderr: "null",
  }).output();
}
