/**
 * One gateway of the soak of the whole: a process, after a restart the next one, and the books on the calls of all of
 * them.
 *
 * @module
 */

import { ADMIN_ENV, adminOf, type AskAdmin } from "../../support/admin.ts";
import { type MetricsPage, readMetrics } from "../../support/metrics.ts";
import { type Program, startProgram } from "../../support/program.ts";
import { type WorkingDirectory, workingDirectory } from "../../support/working_directory.ts";
import { configOf, isOfSoak, readerOfLog, SETTINGS } from "../gateway.ts";
import { keyOf, Ledger, type LedgerOptions, type LogLine } from "../ledger.ts";
import { descriptors } from "../process.ts";
import { type CallFacts, factsOf } from "./call_facts.ts";

/** What is planted may be told of as an error. */
const EXPECTED_ERRORS = [
  "reload refused",
  "worker lost",
  "ledger records lost",
  "ledger records lost in all",
];

/**
 * Of threads: what is planted, and what the driver for Postgres throws where nobody can catch it, when a connection
 * ends that it is about to write to; the ledger's thread is then started again.
 */
const EXPECTED_ENDS = /planted|in worker "weir-ledger"\) TypeError: .* \(reading 'write'\)/;

export interface MachineOptions extends LedgerOptions {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  /** Another entry point than `main.ts`. */
  readonly entry?: string;
}

/** One life of a gateway. */
export interface Life {
  readonly program: Program;
  /** Lines about calls and other requests, as `keyOf` names them. */
  readonly lines: Map<string, number>;
  /** Lines about anything else, by message. */
  readonly otherLines: ReadonlyMap<string, number>;
  readonly bugs: readonly string[];
  /** Records that the ledger could not write, by the last line about them. */
  lostRecords: number;
  /** Calls that ended with their thread, by the lines about them. */
  lostCalls: number;
  isEnding: boolean;
  /** Tells it to end. */
  stop(): void;
  metrics(): Promise<MetricsPage>;
}

export class Machine implements AsyncDisposable {
  readonly name: string;
  readonly books: Ledger;
  /** What the log says of each call, by its id, for the ledger to be held against. */
  readonly calls = new Map<string, CallFacts>();
  readonly lives: Life[] = [];
  readonly #options: MachineOptions;
  readonly #directory: WorkingDirectory;
  #reloads = 0;
  #isStarting = false;
  #configured: Promise<void> = Promise.resolve();

  private constructor(options: MachineOptions, directory: WorkingDirectory) {
    this.name = options.name;
    this.#options = options;
    this.#directory = directory;
    this.books = new Ledger(options);
  }

  static async start(options: MachineOptions): Promise<Machine> {
    const machine = new Machine(options, await workingDirectory({}));
    await machine.begin();
    return machine;
  }

  /** Where its database lies, if it has one in a folder. */
  get folder(): string {
    return `${this.#directory.path}/state`;
  }

  /** Whether threads of it die, with what they had not yet handed on. */
  get losesThreads(): boolean {
    return this.#options.losesLines === true;
  }

  /** The newest. */
  get life(): Life {
    const life = this.lives.at(-1);
    if (life === undefined) throw new Error(`${this.name} was not started`);
    return life;
  }

  get url(): string {
    return this.life.program.url;
  }

  get admin(): AskAdmin {
    return adminOf(this.life.program);
  }

  /** Starts a process on the port of the one before, which may still serve. */
  async begin(): Promise<void> {
    const lines = new Map<string, number>();
    const { otherLines, bugs, read } = readerOfLog(this.books, EXPECTED_ERRORS);
    const metricsUrl = Promise.withResolvers<string>();
    const take = (text: string): void => {
      if (!text.startsWith("{")) {
        const [, url] = /metrics (http:\S+)\/metrics/.exec(text) ?? [];
        if (url !== undefined) metricsUrl.resolve(url);
        if (/Uncaught|panicked/.test(text) && !EXPECTED_ENDS.test(text)) bugs.push(text);
        return;
      }
      const line: LogLine & { readonly records?: number; readonly calls?: number } = JSON.parse(
        text,
      );
      read(text);
      if (isOfSoak(line)) this.#count(line, lines);
      if (line.message === "ledger records lost in all") life.lostRecords = line.records ?? 0;
      if (line.message === "worker lost") life.lostCalls += line.calls ?? 0;
    };
    // Whoever starts with a configuration that is not valid ends.
    this.#isStarting = true;
    await this.#configure(0);
    const program = startProgram({
      cwd: this.#directory.path,
      onLine: take,
      ...(this.#options.entry !== undefined && { entry: this.#options.entry }),
      env: {
        ...SETTINGS,
        ...ADMIN_ENV,
        PORT: this.lives.length === 0 ? "0" : new URL(this.url).port,
        STATE: this.folder,
        ...this.#options.env,
      },
    });
    const life: Life = {
      program: await program,
      lines,
      otherLines,
      bugs,
      lostRecords: 0,
      lostCalls: 0,
      isEnding: false,
      stop: () => {
        life.isEnding = true;
        life.program.signal("SIGTERM");
      },
      metrics: async () => await readMetrics(await metricsUrl.promise),
    };
    this.lives.push(life);
    life.program.exited.then(({ code, signal }) => {
      if (!life.isEnding) bugs.push(`${this.name} ended by itself: ${signal ?? code}`);
    });
    this.#isStarting = false;
  }

  /** Puts another configuration into force, a bad one now and then. */
  async reload(): Promise<void> {
    if (this.#isStarting) return;
    await this.#configure(++this.#reloads);
    this.life.program.signal("SIGHUP");
  }

  descriptors(): Promise<number> {
    return descriptors(this.life.program.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const life of this.lives) {
      life.isEnding = true;
      await life.program.stop("SIGKILL");
    }
    await this.#directory[Symbol.asyncDispose]();
  }

  /** One after the other: who starts finds what was written last, and whole. */
  #configure(round: number): Promise<void> {
    const path = `${this.#directory.path}/weir.jsonc`;
    this.#configured = this.#configured.catch(() => {}).then(() =>
      Deno.writeTextFile(path, configOf(round))
    );
    return this.#configured;
  }

  #count(line: LogLine, lines: Map<string, number>): void {
    const key = keyOf(line);
    lines.set(key, (lines.get(key) ?? 0) + 1);
    if (line.message === "call") this.calls.set(line.request_id, factsOf(line));
  }
}
