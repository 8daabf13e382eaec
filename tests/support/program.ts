/**
 * Runs Weir as its users do: a process of its own, from source or as the compiled file.
 *
 * Without `WEIR_BINARY` it is `deno run` with the flags of `deno task serve`, so that what passes
 * here passes with the permissions that are shipped. The same is run where that names a script, the program in
 * few files that `deno task test` makes: it starts with a third less work, and the suite starts it
 * hundreds of times. The environment is clean but for what a test
 * gives, and the working directory holds no `.env`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import denoJson from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);
const START_TIMEOUT_MS = 60_000;
const MAX_OUTPUT_CHARACTERS = 1_048_576;
const ADDRESS = /https?:\/\/[^\s"]+:(\d+)/;
/** What Deno and the operating system need to start a program at all. */
const INHERITED = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME"];

const named = Deno.env.get("WEIR_BINARY");
const isScript = named?.endsWith(".js") === true;
/** Absolute path of the compiled program, where the tests are to run against it. */
export const binaryPath = named === undefined || isScript ? undefined : pathOf(named);
/** What is run otherwise; the bundler of Deno 2.4 makes no script of the program. */
const mainPath = isScript && exists(named) ? named : "main.ts";
/** What is run, for whoever tells what was measured. */
export const programInWords = binaryPath === undefined
  ? `${mainPath === "main.ts" ? "the source" : "the bundle"} on Deno ${Deno.version.deno}`
  : "the binary";

export interface ProgramOptions {
  /** The command and its options; `serve` where left out. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Working directory. */
  readonly cwd?: string | URL;
  /** Another entry point than `main.ts`, which may have bugs; not for the compiled program. */
  readonly entry?: string;
  /** Of the runtime, beyond those that are shipped; not for the compiled program. */
  readonly flags?: readonly string[];
  /** What a shell does before it becomes the program, such as `ulimit -n 40`. */
  readonly shell?: string;
  /** Told of each line that it prints. */
  readonly onLine?: (line: string) => void;
}

/** A running program; `await using` ends it with the test, however the test ends. */
export interface Program extends AsyncDisposable {
  /** Address to send requests to, without a slash at its end. */
  readonly url: string;
  readonly pid: number;
  /** Resolves when it has ended and all that it printed was read. */
  readonly exited: Promise<Deno.CommandStatus>;
  /** Standard output and standard error in the order of arrival; the last MiB of it. */
  output(): string;
  /** Resolves once the output matches; rejects when the program ends or a minute passes without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** The same program, of whose output only what it prints from now on is seen. */
  fromNow(): Program;
  /** Sends a signal and waits for nothing; to a program that has ended it does nothing. */
  signal(name: Deno.Signal): void;
  /** Sends a signal, SIGTERM by default, and waits for the end. */
  stop(signal?: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Starts a server on a free port of 127.0.0.1 and waits for the line that names its address. */
export async function startProgram(options: ProgramOptions = {}): Promise<Program> {
  const env = { HOST: "127.0.0.1", PORT: "0", ...options.env };
  const child = command({ ...options, env }).spawn();
  const output = new Output(child, options.onLine);
  const exited = child.status.then(async (status) => {
    await output.ended;
    return status;
  });
  function stop(name: Deno.Signal = "SIGTERM"): Promise<Deno.CommandStatus> {
    signal(child, name);
    return exited;
  }
  try {
    const [, port] = await output.printed(ADDRESS);
    const seenFrom = (start: number): Program => ({
      url: `http://127.0.0.1:${port}`,
      pid: child.pid,
      exited,
      output: () => output.textFrom(start),
      printed: (pattern) => output.printed(pattern, start),
      fromNow: () => seenFrom(output.length),
      signal: (name) => signal(child, name),
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop("SIGKILL");
        refuseLeaks(env, output.text);
        if (options.entry === undefined) refuseBugs(output.text);
      },
    });
    return seenFrom(0);
  } catch (error) {
    await stop("SIGKILL");
    throw error;
  }
}

/** So every test of the suite is one of the log: no key may be in it (T57). */
function refuseLeaks(env: Readonly<Record<string, string>>, output: string): void {
  for (const [name, value] of Object.entries(env)) {
    if (name.endsWith("_API_KEY") && output.includes(value)) {
      throw new Error(`The value of ${name} is in the output:\n${output}`);
    }
  }
}

/** Whatever a test does to the program, none of it may surface as a bug (T07). */
function refuseBugs(output: string): void {
  if (/"message":"unhandled"|Uncaught/.test(output)) throw new Error(`There was a bug:\n${output}`);
}

/** Runs a command that ends by itself. */
export async function runProgram(
  options: ProgramOptions,
): Promise<{ readonly code: number; readonly output: string }> {
  const child = command(options).spawn();
  const output = new Output(child);
  const timer = setTimeout(() => signal(child, "SIGKILL"), START_TIMEOUT_MS);
  const { code } = await child.status;
  clearTimeout(timer);
  await output.ended;
  return { code, output: output.text };
}

function signal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    // Deno's word for a process that has ended, which can happen at any time.
    if (!(error instanceof TypeError)) throw error;
  }
}

/** How the program is started, for whoever starts it in another way. */
export interface CommandLine {
  readonly program: string;
  readonly args: string[];
  readonly env: Record<string, string>;
  readonly cwd: string | URL;
}

export function commandLine(options: ProgramOptions): CommandLine {
  const { args = ["serve"], env = {}, cwd, shell } = options;
  const inherited = INHERITED.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  const started = binaryPath === undefined
    ? [Deno.execPath(), ...runArguments(options)]
    : [binaryPath];
  const [program = "", ...programArgs] = shell === undefined
    ? started
    : ["bash", "-c", `${shell}; exec "$@"`, "bash", ...started];
  return {
    program,
    args: [...programArgs, ...args],
    env: { ...Object.fromEntries(inherited), NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    cwd: cwd ?? pathOf("tests/support"),
  };
}

function command(options: ProgramOptions): Deno.Command {
  const { program, ...line } = commandLine(options);
  return new Deno.Command(program, {
    ...line,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

/** `deno task serve` up to its entry point, for any working directory. */
function runArguments({ entry = mainPath, flags = [] }: ProgramOptions): string[] {
  const shipped = denoJson.tasks.serve.command.split(" ").filter((word) => word.startsWith("--"));
  return ["run", ...shipped, ...flags, "--config", pathOf("deno.json"), pathOf(entry)];
}

function exists(path: string): boolean {
  try {
    Deno.statSync(pathOf(path));
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** An absolute path; what is relative counts from the project's top level. */
function pathOf(path: string): string {
  return fileURLToPath(new URL(path, ROOT));
}

/** Collects what a program prints. */
class Output {
  text = "";
  /** Characters so far, those included that are no longer kept. */
  length = 0;
  hasEnded = false;
  readonly ended: Promise<void>;
  readonly #waiting = new Set<() => void>();
  readonly #onLine: (line: string) => void;

  constructor(
    { stdout, stderr }: Deno.ChildProcess,
    onLine: (line: string) => void = () => {},
  ) {
    this.#onLine = onLine;
    this.ended = Promise.all([this.#collect(stdout), this.#collect(stderr)]).then(() => {
      this.hasEnded = true;
      this.#wake();
    });
  }

  /** What is kept of it from a character on. */
  textFrom(start: number): string {
    return this.text.slice(Math.max(0, start - this.length + this.text.length));
  }

  /** Waits for whole lines only, so that no match is cut off in the middle. */
  async printed(pattern: RegExp, start = 0): Promise<RegExpExecArray> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#wake();
    }, START_TIMEOUT_MS);
    try {
      while (true) {
        const text = this.textFrom(start);
        const match = pattern.exec(text.slice(0, text.lastIndexOf("\n") + 1));
        if (match !== null) return match;
        if (this.hasEnded) throw new Error(`Ended without printing ${pattern}:\n${this.text}`);
        if (isLate) throw new Error(`Did not print ${pattern} in time:\n${this.text}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async #collect(stream: ReadableStream<Uint8Array>): Promise<void> {
    let unfinished = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text = (this.text + text).slice(-MAX_OUTPUT_CHARACTERS);
      this.length += text.length;
      const lines = (unfinished + text).split("\n");
      unfinished = lines.pop() ?? "";
      for (const line of lines) this.#onLine(line);
      this.#wake();
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
